// Tells the form in which zone the visitor lives, for the times in the mails.
const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
for (const field of document.querySelectorAll("input[name=time_zone]")) field.value = zone ?? "";
