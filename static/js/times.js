// Adds the visitor's own time beside a workshop's, where the two clocks differ at that moment.
const language = document.documentElement.lang;
const text = document.body.dataset.yourTime;

function clock(date, timeZone) {
  const format = new Intl.DateTimeFormat(language, { weekday: "long", hour: "numeric", minute: "2-digit", timeZone });
  const parts = Object.fromEntries(format.formatToParts(date).map((part) => [part.type, part.value]));
  const time = new Intl.DateTimeFormat(language, { hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZone }).format(date);
  return { day: parts.weekday, time };
}

function addOwnTimes(root) {
  for (const element of root.querySelectorAll("time[data-zone]:not([data-own])")) {
    element.dataset.own = "";
    const date = new Date(element.dateTime);
    const there = clock(date, element.dataset.zone);
    const here = clock(date);
    if (there.day === here.day && there.time === here.time) continue;
    const own = document.createElement("span");
    own.className = "own-time";
    own.textContent = text.replace("{time}", here.day === there.day ? here.time : `${here.day} ${here.time}`);
    element.after(" ", own);
  }
}

addOwnTimes(document);
document.addEventListener("htmx:afterSettle", () => addOwnTimes(document));
