// A form that asks for something by itself where scripts run; its button does it elsewhere. Going back
// to the page does not send it again: the address without what asked for it is shown then.
const form = document.querySelector("form[data-at-once]");

if (form) {
  history.replaceState(null, "", location.pathname);
  form.requestSubmit();
}
