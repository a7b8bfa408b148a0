// Live totals: asks for the fragment every few seconds while the page is seen, can be paused,
// swaps only what changed and says a new total aloud, nothing else.
const bar = document.querySelector("[data-live]");
const seconds = 15;

function raised() {
  return document.querySelector("#live-total").dataset;
}

function start() {
  const toggle = bar.querySelector("[data-live-toggle]");
  const state = bar.querySelector("[data-live-state]");
  const said = bar.querySelector("[data-live-said]");
  let paused = false;
  let last = null;
  let unfolded = false;
  let before = raised().raised;

  const poll = () => { if (!paused && !document.hidden) bar.dispatchEvent(new Event("poll")); };

  toggle.addEventListener("click", () => {
    paused = !paused;
    bar.classList.toggle("paused", paused);
    toggle.textContent = paused ? toggle.dataset.resume : toggle.dataset.pause;
    state.textContent = paused ? state.dataset.off : state.dataset.on;
    poll();
  });
  bar.addEventListener("htmx:beforeSwap", (event) => {
    const answer = event.detail.xhr.responseText;
    if (answer === last || paused) event.detail.shouldSwap = false;
    else last = answer;
    unfolded = document.querySelector("#live-wall details")?.open ?? false;
  });
  document.addEventListener("htmx:oobAfterSwap", () => {
    const folded = document.querySelector("#live-wall details:not([open])");
    if (folded && unfolded) folded.open = true;
    const now = raised();
    if (now.raised === before) return;
    before = now.raised;
    // After htmx has settled the new element's attributes.
    setTimeout(() => document.querySelector("#live-total").classList.add("changed"), 60);
    said.textContent = said.dataset.text.replace("{amount}", now.raisedText);
  });
  document.addEventListener("visibilitychange", poll);
  setInterval(poll, seconds * 1000);
  bar.hidden = false;
}

if (bar) start();
