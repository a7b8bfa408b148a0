// A preview opens in the frame beside the form: at once with the page, and again whenever it is asked for. On a
// phone the frame is below the form, so it is brought into sight.
let asked = false;

document.addEventListener("submit", (event) => {
  const name = event.submitter?.getAttribute("formtarget");
  if (asked && name) document.querySelector(`iframe[name="${name}"]`)?.scrollIntoView({ block: "start", behavior: "smooth" });
});

document.querySelector('button[formtarget]:not([name])')?.click();
asked = true;
