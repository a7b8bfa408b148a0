// A question that is asked only after a certain answer to another one shows up with that answer. Without this script
// it is there from the start, and says in words when to answer it.
const plain = (text) => text.trim().toLowerCase();

function control(form, name) {
  return [...form.elements].find((one) => one.name === name || one.name.endsWith(`-${name}`));
}

function isAsked(form, question) {
  const other = control(form, question.dataset.if);
  if (!other || (other.dataset.if && !isAsked(form, other))) return false;
  const wanted = question.dataset.ifAnswer;
  if (other.type === "checkbox") return other.checked === (wanted === "yes");
  return plain(other.value) === plain(wanted);
}

function update(form) {
  for (const question of form.querySelectorAll("[data-if]")) {
    question.closest(".field, .check").hidden = !isAsked(form, question);
  }
}

for (const form of new Set([...document.querySelectorAll("[data-if]")].map((one) => one.form))) {
  form.addEventListener("input", () => update(form));
  form.addEventListener("change", () => update(form));
  addEventListener("pageshow", () => update(form));
  update(form);
}
