// allauth's own scripts tell of a passkey that failed by an event alone; here it is shown.
document.addEventListener("allauth.error", (event) => {
  event.preventDefault();
  const told = document.querySelector("[data-passkey-failed]");
  if (told) told.hidden = false;
});
