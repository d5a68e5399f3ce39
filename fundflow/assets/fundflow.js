// Everything works without this file; it adds the phone menu, character counts, error focus, sums as
// you type, a picker of schools and news of a running meeting.
import { CharacterCount, initAll } from "./govuk-frontend.min.js";
import { lengthAsKept } from "./length.js";

CharacterCount.prototype.updateCount = function () { this.count = lengthAsKept(this.$textarea.value); };
// The link that skips to the content leaves its mark in the address, and forms and redirects carry it on. The
// browser would go there again and take the focus from what a page has to say first: errors, or success.
if (location.hash === "#main-content" && document.querySelector("[role=alert]")) {
  history.replaceState(history.state, "", location.pathname + location.search);
}
initAll();

for (const box of document.querySelectorAll("[data-sum]")) {
  import("./sum.js").then(({ keepSum }) => keepSum(box));
}
for (const select of document.querySelectorAll("[data-picker] select")) {
  import("./picker.js").then(({ enhance }) => enhance(select));
}
for (const mark of document.querySelectorAll("[data-keep]")) {
  import("./keep.js").then(({ keepTyping }) => keepTyping(mark.closest("form")));
}
for (const box of document.querySelectorAll("[data-asks-again]")) {
  import("./ask-again.js").then(({ askAgain }) => askAgain(box));
}
