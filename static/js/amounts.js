// Keeps the give form's live line, its fee hint and its button in step with the chosen amount.
import { fee, format, grossUp, parse } from "./money.js";

function start(form) {
  const { currency, basisPoints, fixedMinor, textLine, textFee, labelGive, labelZero } = form.dataset;
  const exponent = Number(form.dataset.exponent);
  const rates = { basisPoints: Number(basisPoints), fixedMinor: Number(fixedMinor), step: Number(form.dataset.step) || 1 };
  const language = document.documentElement.lang;
  const line = form.querySelector("[data-live-line]");
  const hint = form.querySelector("[data-fee-hint]");
  const button = form.querySelector("[data-submit]");
  const other = form.elements.other_amount;
  const payment = form.querySelectorAll("[data-when-paying]");
  const plain = { hint: hint?.textContent, label: button.textContent };
  const show = (minor) => format(minor, currency, exponent, language);

  function chosen() {
    const value = form.elements.amount?.value;
    if (value === "other") return other.value.trim() ? parse(other.value, exponent, language) : null;
    return value ? Number(value) : null;
  }

  function update() {
    const amount = chosen();
    line.hidden = !amount;
    for (const part of payment) part.hidden = amount === 0;
    if (hint) hint.textContent = plain.hint;
    button.textContent = amount === 0 ? labelZero : plain.label;
    if (!amount) return;
    const gross = grossUp(amount, rates);
    const paid = form.elements.cover_fee?.checked ? gross : amount;
    if (hint) hint.textContent = textFee.replace("{fee}", show(gross - amount));
    line.textContent = textLine.replace("{amount}", show(paid)).replace("{net}", show(Math.max(paid - fee(paid, rates), 0)));
    button.textContent = labelGive.replace("{amount}", show(paid));
  }

  form.addEventListener("input", update);
  form.addEventListener("change", (event) => {
    if (event.target.name === "amount" && event.target.value === "other") other.focus();
    update();
  });
  addEventListener("pageshow", update);
  update();
}

document.querySelectorAll("[data-give-form]").forEach(start);
