// The light and dark switch. Choosing what the system says anyway forgets the choice, so the page follows the system again.
const button = document.querySelector(".theme-switch");
const system = matchMedia("(prefers-color-scheme: dark)");
const root = document.documentElement;

function isDark() {
  return root.dataset.theme ? root.dataset.theme === "dark" : system.matches;
}

function show() {
  button.setAttribute("aria-pressed", String(isDark()));
}

function choose(dark) {
  if (dark === system.matches) delete root.dataset.theme;
  else root.dataset.theme = dark ? "dark" : "light";
  try {
    if (root.dataset.theme) localStorage.setItem("theme", root.dataset.theme);
    else localStorage.removeItem("theme");
  } catch { /* no storage: the choice lasts for this page */ }
  show();
}

if (button) {
  button.hidden = false;
  button.addEventListener("click", () => choose(!isDark()));
  system.addEventListener("change", show);
  show();
}
