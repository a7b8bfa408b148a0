// Amounts as integers of the currency's minor unit. Pure functions; the server decides, this only shows.

/** "20", "20,50 €", "1 234,5" or "1,234.50" → minor units; null when it is no amount. */
export function parse(text, exponent) {
  const bare = text.replace(/[^\d.,]/g, "");
  if (!/\d/.test(bare)) return null;
  const last = Math.max(bare.lastIndexOf(","), bare.lastIndexOf("."));
  const separators = bare.match(/[.,]/g) ?? [];
  const tail = last < 0 ? "" : bare.slice(last + 1);
  const repeated = separators.length > 1 && new Set(separators).size === 1;
  const grouping = last < 0 || repeated || (tail.length === 3 && exponent < 3);
  const whole = (grouping ? bare : bare.slice(0, last)).replace(/[.,]/g, "");
  const fraction = grouping ? "" : tail;
  if (fraction.length > exponent) return null;
  const minor = Number(whole + fraction.padEnd(exponent, "0"));
  return Number.isSafeInteger(minor) ? minor : null;
}

/** The fee on a gross amount: percent in basis points, rounded half up, plus a fixed part. */
export function fee(gross, { basisPoints, fixedMinor }) {
  return gross > 0 ? Math.floor((gross * basisPoints + 5000) / 10000) + fixedMinor : 0;
}

/** The smallest gross amount that leaves `net` after the fee. */
export function grossUp(net, rates) {
  if (net <= 0) return net;
  let gross = Math.ceil(((net + rates.fixedMinor) * 10000) / (10000 - rates.basisPoints));
  while (gross - fee(gross, rates) > net && gross - 1 - fee(gross - 1, rates) >= net) gross -= 1;
  while (gross - fee(gross, rates) < net) gross += 1;
  return gross;
}

/** "$20" or "$20.50" in the page's language. */
export function format(minor, currency, exponent, language) {
  const digits = minor % 10 ** exponent === 0 ? 0 : exponent;
  return new Intl.NumberFormat(language, {
    style: "currency", currency, minimumFractionDigits: digits, maximumFractionDigits: digits,
  }).format(minor / 10 ** exponent);
}
