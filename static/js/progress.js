// A job's progress: fetches the page every two seconds and swaps the part that tells how far it is.
async function look() {
  const shown = document.querySelector("#progress");
  if (!shown || shown.dataset.running !== "true") return;
  if (!document.hidden) {
    try {
      const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const fresh = page.querySelector("#progress");
      if (answer.ok && fresh) shown.replaceWith(fresh);
    } catch {
      // Offline for a moment: the next look tells.
    }
  }
  setTimeout(look, 2000);
}

setTimeout(look, 2000);
