// How many characters of a text the server keeps and counts: `tidy` of fundflow/web/fields.py.
// A browser counts an emoji as two or more, and what the server leaves out: surrounding spaces,
// control characters, invisible marks.
const KEPT_SPACES = "\n\t\v\f\x1c-\x1f\x85";
const LEFT_OUT = new RegExp(`(?![${KEPT_SPACES}])[\\p{Cc}\\p{Cf}\\p{Cs}]`, "gu");
const AROUND = new RegExp(`^[\\s${KEPT_SPACES}]+|[\\s${KEPT_SPACES}]+$`, "gu");

export function lengthAsKept(text) {
  return [...text.replace(/\r\n?/g, "\n").replace(LEFT_OUT, "").replace(AROUND, "")].length;
}
