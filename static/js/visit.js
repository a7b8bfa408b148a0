// The form's hidden number names this visit. Coming back from Stripe's page may load the form anew, with another
// number: the one of this entry of the history is put back, so that sending it again goes on with the same payment.
const field = document.querySelector("[data-give-form] input[name=nonce]");

if (field) {
  const known = history.state?.visit;
  if (known) field.value = known;
  else history.replaceState({ ...history.state, visit: field.value }, "");
}
