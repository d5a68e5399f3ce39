// A text as it is searched: `searchable` of fundflow/names.py, by the same table.
import TABLE from "./names-table.js";

const APOSTROPHES = new Set(TABLE.apostrophes);
const LETTERS = new Map(Object.entries(TABLE.letters));
const spaced = (text) => ` ${text.replaceAll(" ", "  ")} `;
const without = (text) => [...text].filter((c) => !APOSTROPHES.has(c)).join("");

/** “St. Mary’s CofE” is “saint marys church of england”. */
export function searchable(text) {
  const bare = without(without(text).normalize("NFKD").replace(/\p{M}/gu, "").toLowerCase());
  const letters = [...bare].map((c) => LETTERS.get(c) ?? c).join("");
  const found = letters.replace(/\p{Cf}/gu, "").split(/[^\p{L}\p{N}]+/u).filter(Boolean);
  let words = found.map((word) => ` ${word} `).join("");
  for (const [short, long] of TABLE.phrases) words = words.replaceAll(spaced(short), spaced(long));
  return words.split(" ").filter(Boolean).join(" ");
}
