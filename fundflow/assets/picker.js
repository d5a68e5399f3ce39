// A long list of schools becomes a box to type a name or a URN into. The list stays in the form, out
// of sight, and is what is sent; without scripts it is used as it is.
import "./accessible-autocomplete.min.js";
import { searchable } from "./names.js";

/** The box names what describes it anew as one types; the list’s hint and error stay among it. */
function keepDescribed(box, ids) {
  if (!ids) return;
  const describe = () => {
    const now = box.getAttribute("aria-describedby") ?? "";
    if (!now.includes(ids)) box.setAttribute("aria-describedby", `${now} ${ids}`.trim());
  };
  new MutationObserver(describe).observe(box, { attributeFilter: ["aria-describedby"] });
  describe();
}

export function enhance(select) {
  const options = [...select.options].filter((option) => option.value);
  const names = new Map(options.map((option) => [option.text, searchable(option.text)]));
  const invalid = select.classList.contains("govuk-select--error");
  const matches = (text) => {
    const words = searchable(text).split(" ");
    return options.filter((option) => words.every((word) => names.get(option.text).includes(word)));
  };
  const choose = (text) => {
    const found = matches(text);
    const exact = found.find((option) => option.text === text);
    select.value = (exact ?? (text && found.length === 1 ? found[0] : { value: "" })).value;
  };
  self.accessibleAutocomplete.enhanceSelectElement({
    selectElement: select,
    defaultValue: select.value ? select.selectedOptions[0].text : "",
    autoselect: false, // the first match is not meant until it is chosen
    minLength: 2,
    displayMenu: "overlay",
    inputClasses: invalid ? "govuk-input--error" : null,
    source: (query, show) => show(matches(query).map((option) => option.text)),
    onConfirm: (text) => choose(text ?? input().value),
    tNoResults: () => "Nothing in the list is called that",
  });
  const input = () => select.parentElement.querySelector(".autocomplete__input");
  input().addEventListener("input", () => choose(input().value)); // what names no school chooses none
  const hint = document.getElementById(`${input().id}-hint`);
  if (hint) hint.textContent = `${hint.textContent.trim().replace(/\.$/, "")}. Type part of the name or the URN`;
  if (invalid) input().setAttribute("aria-invalid", "true");
  keepDescribed(input(), select.getAttribute("aria-describedby"));
}
