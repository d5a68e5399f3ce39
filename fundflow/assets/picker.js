// A long list of schools becomes a box to type a name or a URN into. The list stays in the form, out
// of sight, and is what is sent; without scripts it is used as it is.
import "./accessible-autocomplete.min.js";

/** Letters and digits alone, without accents: “St. Mary’s” is found by “st marys”. */
function folded(text) {
  const plain = text.normalize("NFKD").toLowerCase().replace(/[\u0300-\u036f]/g, "");
  return plain.replace(/[-–—/]/g, " ").replace(/[^a-z0-9 ]/g, "").replace(/ +/g, " ").trim();
}

export function enhance(select) {
  const options = [...select.options].filter((option) => option.value);
  const names = new Map(options.map((option) => [option.text, folded(option.text)]));
  const invalid = select.classList.contains("govuk-select--error");
  const choose = (text) => {
    const found = options.find((option) => option.text === text);
    select.value = found ? found.value : "";
  };
  self.accessibleAutocomplete.enhanceSelectElement({
    selectElement: select,
    defaultValue: select.value ? select.selectedOptions[0].text : "",
    autoselect: true,
    minLength: 2,
    displayMenu: "overlay",
    inputClasses: invalid ? "govuk-input--error" : null,
    source: (query, show) => {
      const words = folded(query).split(" ");
      show([...names].filter(([, name]) => words.every((word) => name.includes(word))).map(([text]) => text));
    },
    onConfirm: (text) => choose(text ?? input().value),
    tNoResults: () => "No school of this council is called that",
  });
  const input = () => select.parentElement.querySelector(".autocomplete__input");
  input().addEventListener("input", () => choose(input().value)); // an emptied box chooses nothing
  if (invalid) input().setAttribute("aria-invalid", "true");
}
