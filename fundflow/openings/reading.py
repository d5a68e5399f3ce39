"""A CSV file of awards already running: a row a line of an award, and everything that is wrong with it."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple

from sqlalchemy import select

from fundflow.extensions import db
from fundflow.letters.addresses import why_not_address, written
from fundflow.models.bid_parts import CostKind
from fundflow.models.fund import Fund
from fundflow.models.opening import Opening, OpeningLine
from fundflow.models.school import School
from fundflow.names import searchable
from fundflow.openings.operations import problems_of
from fundflow.rules.openings import (
    MOST_LINES,
    MOST_PENCE,
    MOST_RATE,
    MOST_TEXT,
    Entered,
    needs_grade,
    wrong_together,
)
from fundflow.rules.school_queries import is_code
from fundflow.web.csv_rows import filled_rows, member, read_cell_day, why_not_cell
from fundflow.web.numbers import MONEY, PERCENT, read_number
from fundflow.workflow.working_days import london_date

OF_AWARD = {
    "urn": "URN",
    "title": "Title",
    "start_on": "Start",
    "end_on": "End",
    "minute_reference": "Minute",
    "minuted_on": "Minuted on",
    "pence": "Awarded",
    "up_to": "Earned up to",
    "contact_name": "Head’s name",
    "contact_email": "Head’s email",
}
OF_LINE = {
    "cost": "Kind",
    "what": "Role or cost",
    "staff_code": "Staff code",
    "grade": "Grade",
    "releasing": "Released from",
    "half_days": "Days",
    "day_rate_pence": "Day rate",
    "on_cost_basis_points": "On-cost %",
    "cost_pence": "Cost",
    "earned": "Earned",
    "paid": "Paid",
}
COLUMNS = OF_AWARD | OF_LINE
MOST = MOST_TEXT | {"contact_email": 254}
DAYS = "Days"  # the kind of a line that is no other cost
KINDS = (DAYS, *(kind.words for kind in CostKind))
DATES = ("start_on", "end_on", "minuted_on", "up_to")
NEEDED = ("urn", "title", "start_on", "end_on", "minute_reference", "minuted_on", "pence", "up_to")
OF_DAYS = ("staff_code", "half_days", "day_rate_pence")  # which a line of days needs
OF_COST = ("cost_pence",)
MOST_DAYS = 400
EXAMPLE = (
    ("URN of the school", "Reading support", "2026-09-01", "2027-07-16", "SF/12", "2026-07-09", "2100.00"),
    ("2026-12-31", "", "", DAYS, "Assistant head", "AH1", "", "", "6", "350.00", "0", "", "2.5", "875.00"),
)


class Row(NamedTuple):
    """A row of the file: its number there, what it says, and what is wrong with it or with its award."""

    number: int
    texts: Mapping[str, str]
    school: School | None
    wrong: list[str]


class Read(NamedTuple):
    """A file: its rows, and its awards where no row is wrong."""

    rows: list[Row]
    awards: list[Entered]

    @property
    def wrong(self) -> list[Row]:
        return [row for row in self.rows if row.wrong]


def read(text: str, fund: Fund, now: datetime, *, but: Opening | None = None) -> Read:
    """Every row, and the awards they make; raises WrongFile for what is no such file.

    Rows of the same URN and title are the lines of one award: what is said of the award stands on each of
    them, or on the first alone.

    but  what they were entered in, where they are looked at again
    """
    asked = {name: words for name, words in COLUMNS.items() if name != "grade" or needs_grade(fund)}
    found = [(n, {"grade": "", **row, "urn": row["urn"].upper()}) for n, row in filled_rows(text, asked)]
    urns = {row[name] for _, row in found for name in ("urn", "releasing") if is_code(row[name])}
    schools = {school.urn: school for school in _schools(urns)}
    rows = [
        Row(n, texts, schools.get(texts["urn"]), list(_wrong_cells(texts, schools))) for n, texts in found
    ]
    groups: dict[tuple[str, str], list[Row]] = {}
    for row in rows:
        groups.setdefault((row.texts["urn"], searchable(row.texts["title"])), []).append(row)
    made = [
        (group[0], award) for group in groups.values() if (award := _award(group, schools, fund, now, but))
    ]
    awards = [award for _, award in made]
    for place, wrong in wrong_together(awards, london_date(now)):
        made[place][0].wrong.append(f"{COLUMNS[wrong.field]}: {wrong.why}")
    return Read(rows, awards)


def template() -> Iterable[Iterable[str]]:
    """One award to write over."""
    return [sum(EXAMPLE, ())]


def _schools(urns: set[str]) -> Iterable[School]:
    return db.session.scalars(select(School).where(School.urn.in_(urns))).all()


def _award(
    rows: list[Row], schools: Mapping[str, School], fund: Fund, now: datetime, but: Opening | None
) -> Entered | None:
    """The award of these rows, with what is wrong with it said of them; None where a cell can't be read."""
    first = rows[0]
    for row in rows:
        differs = [w for name, w in OF_AWARD.items() if row.texts[name] not in ("", first.texts[name])]
        row.wrong.extend(f"{words}: it differs from row {first.number}, the same award" for words in differs)
    first.wrong.extend(f"{OF_AWARD[name]}: it is empty" for name in NEEDED if not first.texts[name])
    if len(rows) > MOST_LINES:
        first.wrong.append(f"An award has {MOST_LINES} lines at most; this has {len(rows)}")
    if first.school is None or any(row.wrong for row in rows):
        return None
    rows = sorted(rows, key=lambda row: not _is_days(row.texts))
    lines = [_line(row.texts, first.school, schools) for row in rows]
    said: dict[str, Any] = {name: first.texts[name] for name in MOST if name in OF_AWARD}
    said |= {name: read_cell_day(first.texts[name]) for name in DATES}
    said["pence"] = NUMBERS["pence"](first.texts["pence"])
    said["contact_email"] = written(said["contact_email"])
    award = Entered(school=first.school, lines=tuple(lines), **said)
    for wrong in problems_of(award, fund, now, but=but):
        words = COLUMNS.get("urn" if wrong.field == "school" else wrong.field, "")
        row = first if wrong.line is None else rows[wrong.line]
        row.wrong.append(f"{words}: {wrong.why}")
    return None if any(row.wrong for row in rows) else award


def _line(texts: Mapping[str, str], lead: School, schools: Mapping[str, School]) -> OpeningLine:
    def number(name: str, of: str = "") -> int:
        return NUMBERS[of or name](texts[name]) if texts[name] else 0

    kind = member(CostKind, texts["cost"])
    if kind:
        return OpeningLine(
            texts["what"],
            lead.id,
            cost=kind.value,
            cost_pence=number("cost_pence"),
            earned=number("earned", "spent"),
            paid=number("paid"),
        )
    return OpeningLine(
        texts["what"],
        schools.get(texts["releasing"], lead).id,
        staff_code=texts["staff_code"].upper(),
        grade=texts["grade"],
        half_days=number("half_days"),
        day_rate_pence=number("day_rate_pence"),
        on_cost_basis_points=number("on_cost_basis_points"),
        earned=number("earned"),
        paid=number("paid"),
    )


def _wrong_cells(texts: Mapping[str, str], schools: Mapping[str, School]) -> Iterator[str]:
    """What is wrong with the cells of one row, whatever stands in others."""
    for name, words in COLUMNS.items():
        if why := why_not_cell(texts[name], MOST.get(name, 200)) or _why_not_read(name, texts, schools):
            yield f"{words}: {why}"
    is_days = _is_days(texts)
    if not is_days and member(CostKind, texts["cost"]) is None:
        yield f"{COLUMNS['cost']}: “{texts['cost'][:40]}” is none of {', '.join(KINDS)}"
        return
    asked, others = (OF_DAYS, OF_COST) if is_days else (OF_COST, OF_DAYS)
    yield from (f"{COLUMNS[name]}: it is empty" for name in ("what", *asked) if not texts[name])
    why_odd = "days have none" if is_days else "only days have it"
    yield from (
        f"{COLUMNS[name]}: {why_odd}" for name in (*others, *(() if is_days else ("grade",))) if texts[name]
    )


def _is_days(texts: Mapping[str, str]) -> bool:
    return searchable(texts["cost"]) == searchable(DAYS)


def _why_not_read(name: str, texts: Mapping[str, str], schools: Mapping[str, School]) -> str | None:
    """Why what a cell says is not what its column holds; None for an empty one."""
    text = texts[name]
    if not text:
        return None
    if name in ("urn", "releasing"):
        return None if text in schools else f"we hold no school with “{text[:20]}”"
    if name in DATES:
        return None if read_cell_day(text) else f"“{text[:40]}” is no date, like 2026-09-01"
    if name == "contact_email":
        return why_not_address(written(text))
    return _why_no_number("spent" if name == "earned" and not _is_days(texts) else name, text)


def _pounds(what: str, text: str, least: int = 0, most: int = MOST_PENCE) -> int:
    lowest, highest = Decimal(least) / 100, Decimal(most) / 100
    example = "350 or 350.50"
    value = read_number(text, what, least=lowest, most=highest, places=2, example=example, units=MONEY)
    return int(value * 100)


def _half_days(what: str, text: str, least: int = 0) -> int:
    days = read_number(
        text, what, least=Decimal(least) / 2, most=MOST_DAYS, places=1, example="6 or 2.5", units=("days",)
    )
    if days * 2 % 1:
        raise ValueError(f"{what} must be in whole or half days, like 6 or 2.5")
    return int(days * 2)


def _basis_points(what: str, text: str) -> int:
    return int(
        read_number(text, what, least=0, most=100, places=2, example="40 or 28.68", units=PERCENT) * 100
    )


NUMBERS: Mapping[str, Callable[[str], Any]] = {
    "pence": lambda text: _pounds("The award", text, 1),
    "half_days": lambda text: _half_days("Days", text, 1),
    "day_rate_pence": lambda text: _pounds("The day rate", text, 1, MOST_RATE),
    "on_cost_basis_points": lambda text: _basis_points("The on-cost", text),
    "cost_pence": lambda text: _pounds("The cost", text, 1),
    "earned": lambda text: _half_days("What is earned", text),
    "spent": lambda text: _pounds("What is earned", text),
    "paid": lambda text: _pounds("What is paid", text),
}


def _why_no_number(name: str, text: str) -> str | None:
    """Why a text is no number of this kind; None where it is, or where the column holds none."""
    try:
        NUMBERS.get(name, str)(text)
    except ValueError as wrong:
        return str(wrong)
    return None
