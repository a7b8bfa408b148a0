// The meter in another site's frame: asks for its own page every few seconds while it is seen, can
// be paused, and swaps the sum and the meter where they changed. It sends no cookie and keeps nothing.
const bar = document.querySelector("[data-live]");
const toggle = bar.querySelector("[data-live-toggle]");
const state = bar.querySelector("[data-live-state]");
const said = bar.querySelector("[data-live-said]");
const seconds = 15;
let paused = false;
let asking = false;
let etag = null;

async function ask() {
  if (paused || asking || document.hidden) return;
  asking = true;
  try {
    const headers = etag ? { "If-None-Match": etag } : {};
    const answer = await fetch(location.href, { headers, cache: "no-store", credentials: "omit" });
    if (answer.ok) {
      etag = answer.headers.get("ETag");
      show(new DOMParser().parseFromString(await answer.text(), "text/html"));
    }
  } catch {
    // Away for now, or framed without an origin of its own: what is shown stays.
  } finally {
    asking = false;
  }
}

function show(page) {
  const now = page.querySelector("#live-meter");
  const old = document.querySelector("#live-meter");
  if (!now || paused || now.outerHTML === old.outerHTML) return;
  old.replaceWith(document.adoptNode(now));
  if (now.dataset.raised === old.dataset.raised) return;
  now.classList.add("changed");
  said.textContent = said.dataset.text.replace("{amount}", now.dataset.raisedText);
}

toggle.addEventListener("click", () => {
  paused = !paused;
  bar.classList.toggle("paused", paused);
  toggle.textContent = paused ? toggle.dataset.resume : toggle.dataset.pause;
  state.textContent = paused ? state.dataset.off : state.dataset.on;
  ask();
});
document.addEventListener("visibilitychange", ask);
setInterval(ask, seconds * 1000);
bar.hidden = false;
