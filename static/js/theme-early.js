// Runs before the first paint, so that the chosen colours do not flash. Storage may be refused: then the system decides.
try {
  const chosen = localStorage.getItem("theme");
  if (chosen === "light" || chosen === "dark") document.documentElement.dataset.theme = chosen;
} catch { /* no storage */ }
