// Says how much time is left beside a moment until which something is kept; without it the moment stands there.
const minute = 60_000;

function start(element) {
  const end = new Date(element.dataset.keptUntil).getTime();

  function show() {
    const minutes = Math.ceil((end - Date.now()) / minute);
    element.hidden = minutes < 1 || minutes > 99;
    element.textContent = ` · ${element.dataset.left.replace("{time}", `${minutes} min`)}`;
  }

  show();
  setInterval(show, 10_000);
}

document.querySelectorAll("[data-kept-until]").forEach(start);
