// The page before the room opens. It counts by the monotonic clock from the seconds that the server told, asks the
// server now and then (the workshop may have been moved), and lets the visitor in by itself: it sends the page's own
// form once the server says that the room is open, and the page is seen, so that nobody comes in who is not there.
const card = document.querySelector("[data-countdown]");
const farSeconds = 60;
const nearSeconds = 5;

function parts(seconds) {
  const whole = Math.max(Math.ceil(seconds), 0);
  const two = (number) => String(number).padStart(2, "0");
  const [days, hours, minutes] = [Math.floor(whole / 86400), Math.floor(whole / 3600) % 24, Math.floor(whole / 60) % 60];
  return { days, text: `${hours || days ? `${hours}:${two(minutes)}` : minutes}:${two(whole % 60)}` };
}

function start() {
  const clock = card.querySelector("[data-clock]");
  const form = card.querySelector("[data-enter]");
  const said = card.querySelector("[data-said]");
  const waiting = card.dataset.stage === "waiting";
  let opens = performance.now() + Number(card.dataset.seconds) * 1000;
  let asked = performance.now();
  let asking = false;
  let open = false;
  const left = () => (opens - performance.now()) / 1000;
  // Of many who wait, not all ask in the same second.
  const spread = 1 + Math.random() / 2;

  function show() {
    if (!clock) return;
    const { days, text } = parts(left());
    clock.textContent = days ? `${days} ${days === 1 ? clock.dataset.day : clock.dataset.days} ${text}` : text;
  }

  function enter() {
    if (!open || document.hidden || form.dataset.gone) return;
    form.dataset.gone = "yes";
    form.hidden = false;
    said.textContent = said.dataset.text;
    form.requestSubmit();
  }

  async function ask() {
    asking = true;
    asked = performance.now();
    try {
      const answer = await fetch(card.dataset.statusUrl, { headers: { Accept: "application/json" } });
      if (answer.ok) take(await answer.json());
      else if (answer.status === 404) location.reload();
    } catch { /* the network is away for a moment: the next round asks again */ }
    asking = false;
  }

  function take(status) {
    opens = performance.now() + status.seconds * 1000;
    const expected = waiting ? "open" : "early";
    if (status.stage === "open" && status.ready && !status.elsewhere) {
      open = true;
      enter();
    } else if (status.stage !== expected) {
      location.reload();
    }
  }

  function due() {
    const seconds = (performance.now() - asked) / 1000;
    if (open || asking) return false;
    return seconds > (waiting || left() <= 0 ? nearSeconds : farSeconds) * spread || (left() <= 0 && seconds > nearSeconds / 2 * spread);
  }

  for (const words of card.querySelectorAll("[data-scripted]")) words.hidden = false;
  for (const link of card.querySelectorAll("[data-no-script]")) link.hidden = true;
  setInterval(() => {
    show();
    if (due()) ask();
  }, 500);
  document.addEventListener("visibilitychange", () => { show(); if (open) enter(); else if (!document.hidden && !asking) ask(); });
  // Back from the room by the browser's button: the form can be sent once more, by hand.
  addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });
  show();
}

if (card) start();
