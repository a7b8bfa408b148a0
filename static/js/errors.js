// Puts the focus on the error summary, so that it is read out first; its links open a closed <details> and focus the field.
const summary = document.querySelector("[data-error-summary]");
summary?.focus();
summary?.addEventListener("click", (event) => {
  const target = event.target.closest("a") && document.querySelector(event.target.closest("a").hash);
  if (!target) return;
  event.preventDefault();
  const details = target.closest("details");
  if (details) details.open = true;
  target.focus();
  target.scrollIntoView({ block: "center" });
});
