// The page after paying. It asks the server once to look at Stripe (so that a late webhook keeps nobody waiting);
// htmx then shows the new state every two seconds until it is final, for three minutes at most. A declined card
// is not final: the visitor may have paid with another one a second ago.
const slowAfter = 20_000;
const stopAfter = 180_000;
const started = Date.now();
const state = document.querySelector("#state[data-apply-url]");

async function apply() {
  try {
    await fetch(state.dataset.applyUrl, { method: "POST", headers: { "X-Requested-With": "fetch" }, redirect: "manual" });
  } catch { /* the poll goes on */ }
  document.querySelector("#state")?.dispatchEvent(new Event("applied"));
}

function tick() {
  const waiting = document.querySelector("#state[data-apply-url]");
  if (!waiting) return;
  waiting.querySelectorAll("[data-scripted]").forEach((words) => { words.hidden = false; });
  waiting.querySelectorAll("[data-slow]").forEach((note) => { note.hidden = Date.now() - started < slowAfter; });
  waiting.querySelectorAll("[data-no-script]").forEach((form) => { form.hidden = Date.now() - started < stopAfter; });
}

if (state) {
  document.addEventListener("htmx:beforeRequest", (event) => {
    if (Date.now() - started > stopAfter) event.preventDefault();
  });
  // The same state as before: nothing to swap, so nothing flickers and nothing is read out again.
  document.addEventListener("htmx:beforeSwap", (event) => {
    const shown = document.querySelector("#state")?.dataset.state;
    if (event.detail.xhr.responseText.includes(`data-state="${shown}"`)) event.detail.shouldSwap = false;
  });
  document.addEventListener("htmx:afterSettle", () => {
    tick();
    const heading = document.querySelector("#state h1");
    if (heading) document.title = heading.textContent;
  });
  setInterval(tick, 1000);
  tick();
  apply();
}
