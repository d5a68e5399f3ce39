"""Pages, letters, errors and labels use plain words, British spelling, and one word for one thing."""

import re

import pytest

from tests.words import ROOT, texts

# What nobody says aloud, and what to say instead.
MANNERED = {
    "whoever": "the person who",
    "whosoever": "the person who",
    "anew": "again",
    "in hand": "look after",
    "read over": "check",
    "read (?:it|them) over": "check",
    "thereof": "of it",
    "hereby": "now",
    "herewith": "with this",
    "whereby": "by which",
    "henceforth": "from now on",
    "hitherto": "so far",
    "forthwith": "at once",
    "nought": "zero",
    "as ever": "",
    "prior to": "before",
    "commence": "start",
    "commences": "starts",
    "utilise": "use",
    "endeavour": "try",
    "ascertain": "find out",
    "notwithstanding": "although",
    "pursuant": "under",
    "aforementioned": "this",
    "in respect of": "for",
    "with regard to": "about",
    "in accordance with": "as it says",
}
# Other words for what the program names already.
SECOND_NAMES = {
    "applicant": "school",
    "applicants": "schools",
    "grantee": "school",
    "remittance": "payment",
    "secondment": "release",
    "impact return": "report",
    "supply cover": "cover for released staff",
    "proposal form": "bid",
    "principal": "head",
    "headmaster": "head",
}
# Spelt as in America: “organization-title” is a word of HTML, “authorization_code” one of OpenID.
AMERICAN = (  # and “Authorization” alone a header of HTTP
    r"(?:organiz(?!ation-title)|recogniz|summariz|realiz|authoriz(?!ation(?:_|$))|prioritiz|analyz)\w*|"
    r"behavior"
)


@pytest.fixture(scope="module")
def all_texts() -> list[tuple[str, str]]:
    return list(texts())


def uses(all_texts: list[tuple[str, str]], pattern: str) -> list[str]:
    found = re.compile(rf"\b(?:{pattern})\b", re.I)
    return [f"{where}: {hit[0]}" for where, text in all_texts for hit in found.finditer(text)]


def test_no_text_is_mannered(all_texts: list[tuple[str, str]]) -> None:
    assert uses(all_texts, "|".join(MANNERED)) == []


def test_code_and_documents_are_not_mannered_either() -> None:
    files = [*(ROOT / "fundflow").rglob("*.py"), *(ROOT / "docs").rglob("*.md"), ROOT / "README.md"]
    said = [(str(file.relative_to(ROOT)), file.read_text(encoding="utf-8")) for file in files]
    assert uses(said, "whoever|whomever|whosoever|anew") == []


def test_one_thing_has_one_name(all_texts: list[tuple[str, str]]) -> None:
    assert uses(all_texts, "|".join(SECOND_NAMES)) == []


def test_spelling_is_british(all_texts: list[tuple[str, str]]) -> None:
    assert uses(all_texts, AMERICAN) == []


def test_letters_pages_errors_and_labels_are_read(all_texts: list[tuple[str, str]]) -> None:
    """Else nothing would be found in them."""
    for text in ("You don’t need to do anything", "Enter the name of the school", "Fund this bid"):
        assert any(text in found for _where, found in all_texts), text


def test_what_the_program_says_is_short(all_texts: list[tuple[str, str]]) -> None:
    """Waits, refusals, hints and explanations: no sentence of more than 25 words. Reports have their own
    style."""
    said = ((where, text) for where, text in all_texts if where.startswith("fundflow/"))
    longest = [
        f"{where}: {sentence}"
        for where, text in said
        if not where.startswith(("fundflow/reports/", "fundflow/demo/", "fundflow/migrating/"))
        for sentence in re.split(r"(?<=[.?!])\s+", text)
        if len(sentence.split()) > 25 and sentence.endswith((".", "?", "!"))
    ]
    assert longest == []
