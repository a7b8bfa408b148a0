// The on-stage page: swaps only what changed, so that nothing flickers in a stream, and lets a new total glow.
const live = document.querySelector("#stage-live");
let last = null;
let raised = live.querySelector("[data-raised]")?.dataset.raised;

live.addEventListener("htmx:beforeSwap", (event) => {
  const answer = event.detail.xhr.responseText;
  if (answer === last) event.detail.shouldSwap = false;
  last = answer;
});

live.addEventListener("htmx:afterSwap", () => {
  const total = live.querySelector("[data-raised]");
  if (total && total.dataset.raised !== raised) total.classList.add("changed");
  raised = total?.dataset.raised;
});

// The address was revoked: nothing of the campaign stays on the stage.
live.addEventListener("htmx:responseError", (event) => {
  if (event.detail.xhr.status === 404) location.reload();
});
