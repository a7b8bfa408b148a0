// Amounts as integers of the currency's minor unit. Pure functions; the server decides, this only shows.

/**
 * "20", "20,50 €", "1 234,5" or "1,234.50" → minor units; null when it is no amount.
 * The rules are those of fundraiser/core/amounts.py: a lone separator before three digits groups
 * thousands where the language groups with it.
 */
export function parse(text, exponent, language) {
  const bare = text.normalize("NFKC").replace(/[\s'’]/g, "").replace(/^[a-z€$£¥₣]*|[a-z€$£¥₣]*$/gi, "");
  if (!/^\d[\d.,]*$/.test(bare)) return null;
  const last = Math.max(bare.lastIndexOf(","), bare.lastIndexOf("."));
  const separators = bare.match(/[.,]/g) ?? [];
  const tail = last < 0 ? "" : bare.slice(last + 1);
  const repeated = separators.length > 1 && new Set(separators).size === 1;
  const thousands = language.startsWith("en") ? "," : ".";
  const grouping = last < 0 || repeated || (separators.length === 1 && tail.length === 3 && bare[last] === thousands);
  const head = grouping ? bare : bare.slice(0, last);
  const groups = head.split(grouping ? /[.,]/ : bare[last] === "," ? "." : ",");
  if (groups.slice(1).some((group) => group.length !== 3)) return null;
  const whole = groups.join("");
  const fraction = grouping ? "" : tail;
  if (!/^\d+$/.test(whole)) return null;
  if (fraction.length > exponent) return null;
  const minor = Number(whole + fraction.padEnd(exponent, "0"));
  return Number.isSafeInteger(minor) ? minor : null;
}

/** The fee on a gross amount: percent in basis points, rounded half up, plus a fixed part. */
export function fee(gross, { basisPoints, fixedMinor }) {
  return gross > 0 ? Math.floor((gross * basisPoints + 5000) / 10000) + fixedMinor : 0;
}

/** The smallest charge that leaves `net` after the fee, rounded up to the chargeable step. */
export function grossUp(net, { basisPoints, fixedMinor, step }) {
  return net > 0 ? Math.ceil(((net + fixedMinor) * 10000) / ((10000 - basisPoints) * step)) * step : net;
}

/** "$20" or "$20.50" in the page's language. */
export function format(minor, currency, exponent, language) {
  const digits = minor % 10 ** exponent === 0 ? 0 : exponent;
  return new Intl.NumberFormat(language, {
    style: "currency", currency, minimumFractionDigits: digits, maximumFractionDigits: digits,
  }).format(minor / 10 ** exponent);
}
