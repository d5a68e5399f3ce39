// The cost of a line of backfill, worked out while it is typed: the same sum, in pence, as
// models/money.py, and the same words as applications/row_forms.py.
const pounds = new Intl.NumberFormat("en-GB", { style: "currency", currency: "GBP" });

const DAYS = /\s*days?$/i;
const RATE = /^(£|GBP)\s*|(\s*(pounds?|GBP))?(\s*(per|a|\/)\s*day)?$/gi;
const SHARE = /\s*(%|per ?cent)$/i;

/** A number with at most so many decimal places, times ten to their power; null where it is none.
    As in web/numbers.py a comma or a space separates thousands, or the number is none. */
function parsed(text, places, units) {
  const plain = text.replace(/\p{Cf}/gu, "").trim().replace(/\s+/g, " ").replace(units, "");
  if (!/^(?=[\d.])(\d{1,7}|[1-9]\d{0,2}([, ])\d{3}(\2\d{3})?)?(\.\d{1,7})?$/.test(plain)) return null;
  const [whole, rest] = plain.replace(/[, ]/g, "").split(".");
  const parts = (rest ?? "").replace(/0+$/, "");
  return parts.length > places ? null : Number(whole + parts.padEnd(places, "0"));
}

/** “6 days × £350.00 + 0% = £2,100.00”; empty while something is missing or wrong. */
export function sumInWords(daysText, rateText, onCostText) {
  const tenths = parsed(daysText, 1, DAYS);
  const rate = parsed(rateText, 2, RATE);
  const onCost = parsed(onCostText, 2, SHARE);
  if (!tenths || tenths % 5 || tenths > 4000 || !rate || onCost === null || onCost > 10000) return "";
  const halves = tenths / 5;
  const pence = Math.floor((halves * rate * (10000 + onCost) + 10000) / 20000);
  const days = `${halves / 2} ${halves === 2 ? "day" : "days"}`;
  return `${days} × ${pounds.format(rate / 100)} + ${onCost / 100}% = ${pounds.format(pence / 100)}`;
}

/** Keep the sum of the form beside `box` in step; its button is for those without scripts. */
export function keepSum(box) {
  const form = box.closest("form");
  const words = box.querySelector("[data-sum-words]");
  const names = ["half_days", "day_rate_pence", "on_cost_basis_points"];
  const fields = names.map((name) => form.elements.namedItem(name));
  if (!fields.every(Boolean)) return;
  const show = () => {
    const sum = sumInWords(...fields.map((field) => field.value));
    const text = sum ? `Cost: ${sum}` : "";
    if (words.textContent.trim() !== text) words.textContent = text;
  };
  let waiting;
  for (const field of fields) {
    field.addEventListener("input", () => {
      clearTimeout(waiting);
      waiting = setTimeout(show, 400); // so that a screen reader hears one sum, not one a key
    });
  }
  box.querySelector("button").hidden = true;
  show();
}
