// "Copy the link" buttons. Where copying is refused the address stands beside, ready to be selected.
function arm(root) {
  if (!navigator.clipboard) return;
  for (const button of root.querySelectorAll("[data-copy]")) button.hidden = false;
}

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  const label = button.textContent;
  try {
    await navigator.clipboard.writeText(button.dataset.copy);
  } catch {
    button.hidden = true;
    return;
  }
  button.textContent = button.dataset.copied;
  setTimeout(() => { button.textContent = label; }, 2500);
});

arm(document);
document.addEventListener("htmx:afterSettle", () => arm(document));
