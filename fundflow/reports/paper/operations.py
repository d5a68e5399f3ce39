"""Writing the board's papers: begun, drawn afresh, written, issued, published, corrected."""

from datetime import date, datetime

from sqlalchemy import select

from fundflow.extensions import db
from fundflow.models.board import BoardPaper, BoardPaperSection
from fundflow.models.fund import Fund
from fundflow.models.person import User
from fundflow.reports.cases.figures import case_studies
from fundflow.reports.cut import Cut
from fundflow.reports.paper.drawing import drawn, issued_before, parts_of
from fundflow.reports.paper.headings import LONGEST, headings_of
from fundflow.reports.paper.queries import writes
from fundflow.reports.tables import Cell, Part
from fundflow.rules.bank_details import why_not_kept
from fundflow.rules.public_text import contact_in, known_of
from fundflow.steps import lock, lock_row, take_step
from fundflow.workflow.board_paper import PaperState
from fundflow.workflow.engine import Refused, refuse_if
from fundflow.workflow.working_days import london_date

NOT_YOURS = "Only the liaison officer or the panel’s clerk can do this."
NOT_DRAFT = "This report can’t be changed any more. A mistake is put right by a corrected report."
MOST_NAMED = 10
CHECKED = {
    "exempt_paragraph": "exempt part",
    "public_interest": "public interest test",
    "wards": "wards",
    "priorities": "strategic priorities",
    "comments": "comments of other committees",
    "background": "background papers",
    "correction_reason": "reason for the correction",
}
HEAD = ("contact", "wards", "priorities", "comments", "background", "exempt_paragraph", "public_interest")


def begin_paper(fund: Fund, starts_on: date, ends_on: date, *, user: User, now: datetime) -> BoardPaper:
    """Begin a paper on a period, its figures drawn now; the draft there is, where there is one.

    Raises Refused where the period ends before it starts, or has not begun.
    """
    if not writes(user, fund.id, now):
        raise Refused(NOT_YOURS)
    if starts_on > ends_on:
        raise Refused("The last day must be on or after the first.")
    if starts_on > london_date(now):
        raise Refused("The period has not begun.")
    lock_row(fund)  # two clicks begin one paper
    same = (BoardPaper.fund_id == fund.id, BoardPaper.starts_on == starts_on, BoardPaper.ends_on == ends_on)
    there = db.session.scalar(select(BoardPaper).where(*same, BoardPaper.state == PaperState.DRAFT))
    if there is not None:
        return there
    paper = BoardPaper(
        fund=fund,
        starts_on=starts_on,
        ends_on=ends_on,
        drawn_at=now,
        figures={},
        begun_at=now,
        begun_by_id=user.id,
    )
    paper.figures = drawn(paper, now)
    paper.sections = [
        BoardPaperSection(position=n, heading=heading[:LONGEST], text="", exempt=False)
        for n, heading in enumerate(headings_of(fund), 1)
    ]
    db.session.add(paper)
    db.session.commit()
    return paper


def redraw(paper: BoardPaper, *, user: User, now: datetime, version: int | None = None) -> None:
    """Draw a draft's figures as they stand now."""
    _hold_draft(paper, version, user, now)
    paper.figures, paper.drawn_at = drawn(paper, now), now
    paper.touch()
    db.session.commit()


def write_section(
    paper: BoardPaper,
    section: BoardPaperSection,
    text: str,
    *,
    exempt: bool,
    user: User,
    now: datetime,
    version: int | None = None,
) -> None:
    """Keep the officer's words under one heading, and whether it stands in the exempt part."""
    _hold_draft(paper, version, user, now)
    refuse_if(why_not_kept(text))
    section.text, section.exempt = text.replace("\r\n", "\n").strip(), exempt
    paper.touch()
    db.session.commit()


def write_head(
    paper: BoardPaper, given: dict[str, str], *, user: User, now: datetime, version: int | None = None
) -> None:
    """Keep what stands above the first heading, by the columns of `HEAD`."""
    _hold_draft(paper, version, user, now)
    for name in HEAD:
        setattr(paper, name, given[name].strip())
    paper.touch()
    db.session.commit()


def issue(
    paper: BoardPaper,
    no_names: bool = False,
    *,
    user: User,
    now: datetime,
    version: int | None = None,
) -> None:
    """Issue a draft; raises Refused where another was issued since its figures were drawn, as they were not
    held against that one, or a case study was taken down, and where its text gives contact details or seems
    to name somebody.

    no_names  whether a person confirms that all that looks like a name is none
    """
    lock(paper, version, step="issue", user=user)
    refuse_if(why_not_said(paper, no_names=no_names))
    if any(one.issued_at and one.issued_at > paper.drawn_at for one in issued_before(paper)):
        raise Refused("Another report was issued since. Draw the figures again.")
    if _tells_of_a_case_taken_down(paper):
        raise Refused("A case study was taken down since. Draw the figures again.")
    given, also = {"no_names": no_names}, {"issued_at": now, "issued_by_id": user.id}
    take_step(paper, "issue", user=user, now=now, version=version, given=given, also=also, locked=True)
    db.session.commit()


def _tells_of_a_case_taken_down(paper: BoardPaper) -> bool:
    """Whether a draft shows a case study that is not public any more. A correction keeps its figures."""
    shown = parts_of(paper).get("case-studies")
    if shown is None or paper.corrects_id is not None:
        return False
    public = case_studies(Cut(paper.fund, paper.starts_on, paper.ends_on), paper.drawn_at)
    return bool(_first_cells(shown) - _first_cells(public))


def _first_cells(part: Part) -> set[Cell]:
    return {row[0] for table in part.tables for row in table.rows}


def why_not_said(paper: BoardPaper, *, no_names: bool = False) -> str | None:
    """None where the officer's words, and those of recommendations and answers, name nobody; else all that
    was found and where, in sentences."""
    asked = parts_of(paper).get("recommendations")
    texts = [(section.heading, section.text) for section in paper.sections]
    texts += [("headings", section.heading) for section in paper.sections]
    texts += [(where, getattr(paper, name)) for name, where in CHECKED.items()]
    texts += [
        ("earlier recommendations", cell)
        for table in (asked.tables if asked else ())
        for row in table.rows
        for cell in row
        if isinstance(cell, str)
    ]
    for where, text in texts:
        if contact := contact_in(text):
            return f"Take out “{contact}” ({where}): no contact details but the contact officer’s are given."
    known = None if no_names else known_of(paper.fund)
    found = [f"“{name}” ({where})" for where, text in texts if known for name in known.named_in(text)]
    if not found:
        return None
    more = f" and {len(found) - MOST_NAMED} more" if len(found) > MOST_NAMED else ""
    return (
        f"The report names nobody but the contact officer. Found: {', '.join(found[:MOST_NAMED])}{more}. "
        "Take them out, or tick that they are not names of people."
    )


def publish(
    paper: BoardPaper, read: bool = True, *, user: User, now: datetime, version: int | None = None
) -> None:
    """Let everybody read the public part."""
    given, also = {"read": read}, {"published_at": now}
    take_step(paper, "publish", user=user, now=now, version=version, given=given, also=also)
    db.session.commit()


def unpublish(
    paper: BoardPaper, reason: str, *, user: User, now: datetime, version: int | None = None
) -> None:
    given, also = {"reason": reason}, {"published_at": None}
    take_step(paper, "unpublish", user=user, now=now, version=version, given=given, also=also)
    db.session.commit()


def correct(paper: BoardPaper, reason: str, *, user: User, now: datetime, version: int | None = None) -> None:
    """Begin a corrected paper beside an issued one, as its copy."""
    take_step(paper, "correct", user=user, now=now, version=version, given={"reason": reason})
    kept = {name: getattr(paper, name) for name in (*HEAD, "starts_on", "ends_on", "figures", "drawn_at")}
    new = BoardPaper(
        fund=paper.fund,
        edition=paper.edition + 1,
        corrects_id=paper.last_edition.id,
        correction_reason=reason,
        begun_at=now,
        begun_by_id=user.id,
        **kept,
    )
    new.sections = [
        BoardPaperSection(position=one.position, heading=one.heading, text=one.text, exempt=one.exempt)
        for one in paper.sections
    ]
    db.session.add(new)
    db.session.commit()


def _hold_draft(paper: BoardPaper, version: int | None, user: User, now: datetime) -> None:
    lock(paper, version)
    if not writes(user, paper.fund_id, now):
        raise Refused(NOT_YOURS)
    if paper.state is not PaperState.DRAFT:
        raise Refused(NOT_DRAFT)
