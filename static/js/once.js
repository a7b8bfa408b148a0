// A second click while the first is on its way does nothing. It never blocks for good: after ten seconds,
// or when the page is shown again, the form can be sent once more.
const patience = 10_000;

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!form.matches("[data-give-form], [data-once]")) return;
  if (form.dataset.sent) {
    event.preventDefault();
    return;
  }
  form.dataset.sent = "yes";
  event.submitter?.setAttribute("aria-busy", "true");
  setTimeout(() => release(form), patience);
});

function release(form) {
  delete form.dataset.sent;
  form.querySelectorAll("button[aria-busy]").forEach((button) => button.removeAttribute("aria-busy"));
}

addEventListener("pageshow", () => document.querySelectorAll("form[data-sent]").forEach(release));
