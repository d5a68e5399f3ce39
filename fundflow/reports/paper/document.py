"""A paper as a value that every format draws: numbered paragraphs under headings, tables in an appendix."""

from dataclasses import dataclass

from fundflow.models.board import BoardPaper
from fundflow.reports.paper.drawing import parts_of, without_changes
from fundflow.reports.paper.headings import place_of
from fundflow.reports.tables import Part, Table, all_tables
from fundflow.workflow.date_words import day_words

NOTHING = "There is nothing to report."


@dataclass(frozen=True, slots=True)
class Section:
    """A heading with its paragraphs: “4.2” and the text of each."""

    number: int
    heading: str
    paragraphs: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Document:
    """One part of a paper, public or exempt.

    head    (label, text): what stands above the first heading
    tables  of the appendix, in the order in which the body speaks of them: table 1, table 2 …
    """

    title: str
    head: tuple[tuple[str, str], ...]
    sections: tuple[Section, ...]
    tables: tuple[Table, ...]


def public_part(paper: BoardPaper) -> Document:
    """Everything that is not exempt."""
    head = [
        ("Fund", paper.fund.name),
        ("Period", paper.period_words),
        ("Figures as at", paper.drawn_day_words),
        *_issued(paper),
        ("Contact officer", paper.contact),
        ("Wards", paper.wards),
        ("Strategic priorities", paper.priorities),
        ("Comments of other committees", paper.comments),
        ("Background papers", paper.background),
    ]
    if paper.has_exempt_part:
        head.append(
            (
                "Exempt part",
                f"Part of this report is exempt and is a separate report: {paper.exempt_paragraph}",
            )
        )
    return _document(paper, paper.title, head, exempt=False)


def exempt_part(paper: BoardPaper) -> Document | None:
    """What is exempt, with the paragraph of Schedule 12A to the Local Government Act 1972 and the public
    interest test; None where nothing is."""
    if not paper.has_exempt_part:
        return None
    head = [
        (
            "Not for publication",
            f"Exempt under {paper.exempt_paragraph} of Schedule 12A to the Local Government Act 1972",
        ),
        ("Public interest test", paper.public_interest),
        ("Fund", paper.fund.name),
        ("Period", paper.period_words),
        ("Figures as at", paper.drawn_day_words),
        *_issued(paper),
        ("Contact officer", paper.contact),
    ]
    return _document(paper, f"{paper.title}: exempt part", head, exempt=True)


def _issued(paper: BoardPaper) -> list[tuple[str, str]]:
    found = (
        [("Issued", day_words(paper.issued_at))] if paper.issued_at else [("Issued", "Not issued: a draft")]
    )
    if paper.corrected and paper.corrected.issued_at:
        why = (
            f"Corrects the report issued on {day_words(paper.corrected.issued_at)}. {paper.correction_reason}"
        )
        found.append(("Correction", why))
    return found


def _document(paper: BoardPaper, title: str, head: list[tuple[str, str]], *, exempt: bool) -> Document:
    sections: list[Section] = []
    tables: list[Table] = []
    for heading, text, part, is_exempt in _all_sections(paper):
        if is_exempt is not exempt:
            continue
        said = [*_paragraphs(text), *part.sentences]
        for table in part.tables:
            tables.append(table)
            said.append(f"{table.says} (Table {len(tables)})")
        number = len(sections) + 1
        numbered = tuple((f"{number}.{n}", words) for n, words in enumerate(said or [NOTHING], 1))
        sections.append(Section(number, heading, numbered))
    kept = tuple((label, text) for label, text in head if text)
    return Document(title, kept, tuple(sections), tuple(tables))


def _all_sections(paper: BoardPaper) -> list[tuple[str, str, Part, bool]]:
    """(heading, the officer's text, its figures, whether it is exempt); figures without a heading last."""
    parts = parts_of(paper)
    claimed = {code for section in paper.sections for code in place_of(section.heading).tables}
    moved = {table.code: table for table in all_tables(parts.values()) if table.code in claimed}
    stay = {
        slug: Part(part.heading, tuple(t for t in part.tables if t.code not in claimed), part.sentences)
        for slug, part in parts.items()
    }
    found = []
    for section in paper.sections:
        place = place_of(section.heading)
        own = [stay.pop(slug) for slug in place.parts if slug in stay]
        tables = (*all_tables(own), *(moved[code] for code in place.tables if code in moved))
        sentences = tuple(sentence for part in own for sentence in part.sentences)
        found.append(
            (section.heading, section.text, Part(section.heading, tables, sentences), section.exempt)
        )
    found += [(part.heading, "", part, False) for part in stay.values()]
    hidden = [table for _, _, part, is_exempt in found if is_exempt for table in part.tables]
    return [
        (heading, text, without_changes(part, () if is_exempt else hidden), is_exempt)
        for heading, text, part, is_exempt in found
    ]


def _paragraphs(text: str) -> list[str]:
    """The officer's text in paragraphs, parted by empty lines or the beginning of a point."""
    blocks = (" ".join(block.split()) for block in text.replace("\n- ", "\n\n").split("\n\n"))
    return [block.removeprefix("- ") for block in blocks if block]
