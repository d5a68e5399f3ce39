// Asks for the page it stands on every ten seconds and shows what changed in the marked part, which is a
// live region, so a screen reader hears a change and nothing else. It can be paused, and ends by itself.
const PAUSE = 10_000; // milliseconds
const MOST = 720; // two hours

export function askAgain(box) {
  const button = document.createElement("button");
  let asked = 0;
  let paused = false;

  async function ask() {
    if (paused || document.hidden) return;
    asked += 1;
    if (asked > MOST) return pause(true);
    try {
      const answer = await fetch(location.href, { credentials: "same-origin" });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const fresh = page.querySelector("[data-asks-again]");
      if (!fresh) return location.reload(); // signed out
      if (fresh.innerHTML !== box.innerHTML) box.replaceChildren(...fresh.childNodes);
    } catch {
      // No connection: asked again in ten seconds.
    }
  }

  function pause(now) {
    paused = now;
    button.textContent = paused ? "Look every ten seconds" : "Stop looking every ten seconds";
    if (!paused) asked = 0;
  }

  button.type = "button";
  button.className = "ff-link-button";
  const line = document.createElement("p");
  line.className = "govuk-body";
  line.append(button);
  box.after(line);
  button.addEventListener("click", () => { pause(!paused); ask(); });
  document.addEventListener("visibilitychange", ask);
  pause(false);
  setInterval(ask, PAUSE);
}
