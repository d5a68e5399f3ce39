"""Bank details are never kept here: what looks like them is refused, with the reason."""

import re
import unicodedata

GAP = r"[ .\-]?"
SORT_CODE = re.compile(r"(?<![0-9])[0-9]{2}[ -][0-9]{2}[ -][0-9]{2}(?![0-9])")
IBAN = re.compile(rf"(?<![A-Z0-9])[A-Z]{{2}}[0-9]{{2}}(?:{GAP}[A-Z0-9]){{11,30}}(?![A-Z0-9])")
BOTH = re.compile(rf"[0-9](?:{GAP}[0-9]){{13}}")  # a sort code and an account number together
YEARS = r"(?:19|20)[0-9]{2}[ .\-](?:19|20)[0-9]{2}"  # 2026–2027
ACCOUNT = re.compile(rf"(?<![0-9])(?!{YEARS})[0-9]{{4}}{GAP}[0-9]{{4}}(?![0-9])")
WORDS = re.compile(
    r"\b(SORT ?CODES?|ACCOUNT (?:NUMBER|NO|NUM)S?|ACC(?:OUN)?T? NO|A/C|IBAN|SWIFT|ROLL NUMBER)\b"
)

NEVER = "Bank details are never kept here: they stay in the council’s finance system"
DATE = ". Write a date in words, like 3 March 2027"


def why_bank_details(text: str, *, is_code: bool = False) -> str | None:
    """What in a text looks like bank details, as a sentence without its full stop; None where nothing does.

    is_code  a number of the finance system or of an invoice, or a cost centre: these may have eight digits,
             as an account number has
    """
    folded = _folded(text)
    found = (
        ("the words of a bank account", WORDS.search(folded)),
        ("an IBAN", _iban(folded)),
        ("a sort code with an account number", BOTH.search(folded)),
        ("a sort code", SORT_CODE.search(folded)),
        ("an account number", None if is_code else ACCOUNT.search(folded)),
    )
    looks = next((what for what, match in found if match), None)
    if looks is None:
        return None
    may_be_date = not is_code and looks in ("a sort code", "an account number")
    return f"{NEVER}. Take out what looks like {looks}{DATE if may_be_date else ''}"


def _iban(folded: str) -> bool:
    """At least ten digits among what looks like one: words in capitals are none."""
    return any(sum(c.isdigit() for c in match[0]) >= 10 for match in IBAN.finditer(folded))


def _folded(text: str) -> str:
    """Capitals, every digit as 0 to 9, every dash and space plain, and no invisible marks."""
    letters = (c for c in unicodedata.normalize("NFKC", text) if unicodedata.category(c) != "Cf")
    return re.sub(r"\s+", " ", "".join(map(_plain, letters)).upper())


def _plain(character: str) -> str:
    digit = unicodedata.digit(character, None)
    if digit is not None:
        return str(digit)
    return "-" if unicodedata.category(character) == "Pd" or character == "−" else character


def why_not_kept(text: str, *, is_code: bool = False) -> str | None:
    """The sentence why a text can't be kept, or None; `is_code` as in `why_bank_details`."""
    why = why_bank_details(text, is_code=is_code)
    return f"{why}." if why else None
