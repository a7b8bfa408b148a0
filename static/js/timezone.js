// Tells the form in which zone the visitor lives, for the times in the mails.
const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
for (const field of document.querySelectorAll("input[name=time_zone]")) field.value = zone ?? "";

// Chooses it where nobody has chosen yet.
for (const field of document.querySelectorAll("select[data-own-zone]")) {
  const known = [...field.options].some((option) => option.value === zone);
  if (known && field.value === "UTC") field.value = zone;
}
