// Shows a story as people will read it, a moment after each pause in typing. Without this the button shows it.
const form = document.querySelector("[data-story-preview]");

function arm(shown) {
  const field = form.elements[shown.dataset.previewOf];
  let timer, asked = 0;

  async function show() {
    const mine = ++asked;
    const body = new URLSearchParams({ text: field.value });
    const token = form.elements.csrfmiddlewaretoken.value;
    const answer = await fetch(form.dataset.storyPreview, { method: "POST", body, headers: { "X-CSRFToken": token } });
    // Only the latest answer counts. The server cleaned the HTML.
    if (answer.ok && mine === asked) shown.innerHTML = await answer.text();
  }

  function typed() {
    clearTimeout(timer);
    timer = setTimeout(() => show().catch(() => {}), 250);
  }

  field.addEventListener("input", typed);
  // Who is quicker than this script typed already; a browser that went back filled it in again.
  if (field.value !== field.defaultValue) typed();
}

if (form) {
  form.querySelectorAll("[data-preview-of]").forEach(arm);
  form.querySelector("[data-story-button]").hidden = true;
}
