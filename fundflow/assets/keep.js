// Sends what is typed to the server while it is typed, so that leaving, a lost session or another
// device loses nothing. It says so below the form; where it can't, it says that instead.
const PAUSE = 1500; // milliseconds without a key before it is sent

export function keepTyping(form) {
  const says = document.querySelector("[data-keep-says]");
  let timer = null;
  let unsent = false;
  let leaving = false;
  let underway = null; // so that a save is not overtaken by what was typed before it

  const fields = () => {
    const sent = new URLSearchParams();
    for (const [name, value] of new FormData(form)) if (typeof value === "string") sent.append(name, value);
    sent.set("place", location.pathname);
    return sent;
  };

  // A screen reader hears it when it changes: what is kept once a minute, and at once what is not.
  const say = (words) => { if (says && says.textContent !== words) says.textContent = words; };

  async function send() {
    clearTimeout(timer);
    if (!unsent || leaving) return;
    unsent = false;
    try {
      const answer = await fetch("/typing", {
        method: "POST", body: fields(), keepalive: true, redirect: "manual", credentials: "same-origin",
        signal: (underway = new AbortController()).signal,
      });
      if (answer.ok) {
        const time = new Date().toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" });
        say(`We kept what you typed at ${time}. ${says?.dataset.keepSays}`);
      } else {
        say("We could not keep what you typed: you may have been signed out. It is still on this page. " +
            "Sign in again in another window, then go on here.");
      }
    } catch {
      if (leaving) return;
      unsent = true;
      say("We could not keep what you typed: there is no connection. It is still on this page; we will try again.");
      timer = setTimeout(send, 10 * PAUSE);
    }
  }

  form.addEventListener("input", () => {
    unsent = true;
    clearTimeout(timer);
    timer = setTimeout(send, PAUSE);
  });
  form.addEventListener("change", () => { unsent = true; });
  form.addEventListener("submit", () => { leaving = true; clearTimeout(timer); underway?.abort(); });
  window.addEventListener("pageshow", () => { leaving = false; }); // the browser's back button
  document.addEventListener("visibilitychange", () => { if (document.hidden) send(); });
  window.addEventListener("pagehide", send);
}
