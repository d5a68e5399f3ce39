"""The board's paper: frozen, the same in every format, read by its readers alone."""

import re
from collections.abc import Callable
from datetime import date, timedelta
from html import unescape
from io import BytesIO
from typing import Any

import docx
import pytest
from flask.testing import FlaskClient
from openpyxl import load_workbook
from PIL import Image
from sqlalchemy import select

from fundflow.extensions import db
from fundflow.models.board import BoardPaper
from fundflow.models.feedback import Feedback
from fundflow.models.letter import Letter
from fundflow.models.money import pounds
from fundflow.models.person import RoleName as R
from fundflow.models.person import SeatPosition, User
from fundflow.reports.paper import operations as write
from fundflow.reports.paper.document import exempt_part, public_part
from fundflow.reports.paper.headings import HEADINGS
from fundflow.reports.tables import Table
from fundflow.steps import take_step
from fundflow.workflow.board_paper import PaperState
from fundflow.workflow.engine import Refused
from tests.factories import Make
from tests.pdf import made_pdf, opened, press_here
from tests.reports.crawling import counts_of_one_bid, public_pages, told_too_much
from tests.reports.world import AT, NAMES, World
from tests.scenes import scene

SignIn = Callable[[User | None], FlaskClient]
FIRST, LAST = date(2026, 9, 1), date(2027, 6, 10)
LATER = AT + timedelta(days=40)


class Written(World):
    """The world, a paper issued at `AT` with an exempt heading, and its readers."""

    paper: BoardPaper

    def __init__(self, make: Make) -> None:
        super().__init__(make)
        self.clerk = make.staff(R.CLERK)
        self.chair = make.seat(self.fund, position=SeatPosition.CHAIR).user
        self.member = make.seat(self.fund).user
        self.paper = write.begin_paper(self.fund, FIRST, LAST, user=self.officer, now=AT)
        head = dict.fromkeys(write.HEAD, "") | {
            "contact": "Alex Contact, liaison officer",
            "exempt_paragraph": "paragraph 3",
            "public_interest": "Prices under negotiation.",
        }
        write.write_head(self.paper, head, user=self.officer, now=AT)
        for section in self.paper.sections:
            if section.heading in ("Purpose", "Recommendations"):
                say(self, section.heading, "The board is asked to note this report.\n\nIt covers the year.")
        say(self, "Risks", "A provider’s price is in dispute.", exempt=True)


def say(world: Any, heading: str, text: str, *, exempt: bool = False, paper: Any = None) -> None:
    paper = paper or world.paper
    section = next(one for one in paper.sections if one.heading == heading)
    write.write_section(paper, section, text, exempt=exempt, user=world.officer, now=AT)


world = scene(Written)


def issued(world: Written) -> BoardPaper:
    write.issue(world.paper, user=world.officer, now=AT)
    return world.paper


def numbers(paper: BoardPaper) -> list[str]:
    """Every cell of its public tables, in words."""
    return [
        words
        for table in public_part(paper).tables
        for row in table.all_rows
        for words in table.in_words(row)
        if words
    ]


def test_figures_are_frozen_and_a_draft_s_are_drawn_again(world: Written) -> None:
    before = numbers(world.paper)
    world.make.allocation(world.fund, 5_000_000)
    assert numbers(world.paper) == before
    write.redraw(world.paper, user=world.officer, now=LATER)
    assert world.paper.drawn_at == LATER
    assert numbers(world.paper) != before
    issued(world)
    with pytest.raises(Refused, match="can’t be changed any more"):
        write.redraw(world.paper, user=world.officer, now=LATER)


def test_a_paper_waits_for_its_contact_its_purpose_and_the_reasons_of_its_exempt_part(world: Written) -> None:
    world.paper.public_interest = ""
    with pytest.raises(Refused, match="public interest test"):
        issued(world)
    world.paper.public_interest = "Prices."
    say(world, "Purpose", "")
    with pytest.raises(Refused, match="“Purpose”"):
        issued(world)
    say(world, "Purpose", "To report.")
    world.paper.contact = ""
    with pytest.raises(Refused, match="contact officer"):
        issued(world)


def test_a_paper_names_nobody_but_the_contact_officer(world: Written) -> None:
    say(world, "Background", f"As {NAMES[0]} told the panel.")
    with pytest.raises(Refused, match=NAMES[0]):
        issued(world)
    say(world, "Background", "As was told.")
    world.paper.exempt_paragraph = f"paragraph 1 (the case of {NAMES[0]})"
    with pytest.raises(Refused, match=NAMES[0]):
        issued(world)
    say(world, "Background", "Ring 01632 960 123.")
    with pytest.raises(Refused, match="01632 960 123"):
        issued(world)


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("As Leonora Ling told us.", "Leonora Ling"),  # who left
        ("As Xanthe Marlowe told us.", "Xanthe Marlowe"),  # a bid’s contact
        ("As Marlowe told us.", "Marlowe"),
        ("Partner Pat Pemberton spoke.", "Pat Pemberton"),  # a partner’s head
        ("Mrs Okafor spoke.", "Mrs Okafor"),
    ],
)
def test_a_paper_says_which_names_were_found_where_and_the_officer_confirms(
    world: Written, make: Make, text: str, found: str
) -> None:
    make.user(name="Leonora Ling").active = False
    world.bids[0].partners[0].contact_name = "Pat Pemberton"
    say(world, "Background", text)
    with pytest.raises(Refused) as refused:
        issued(world)
    assert f"“{found}” (Background)" in str(refused.value)
    db.session.rollback()
    write.issue(world.paper, True, user=world.officer, now=AT)
    assert world.paper.state is PaperState.ISSUED


def test_the_page_says_what_was_found_and_takes_the_confirmation(
    world: Written, sign_in: SignIn, time_machine: Any
) -> None:
    time_machine.move_to(AT, tick=False)
    say(world, "Background", "As Marlowe told us.")
    client, page = sign_in(world.officer), f"/board/papers/{world.paper.id}/steps/issue"
    answer = client.post(page, data={"version": world.paper.version})
    assert answer.status_code == 409
    assert "“Marlowe” (Background)" in answer.get_data(as_text=True)
    assert client.post(page, data={"version": world.paper.version, "no_names": "y"}).status_code == 302
    assert world.paper.state is PaperState.ISSUED


def test_a_paper_s_ordinary_words_are_no_names_and_its_contacts_are_never_confirmed(
    world: Written, make: Make
) -> None:
    for name in ("Ada Young", "Ben Page", "Cy World"):  # the last is a word of the schools’ names
        make.user(name=name)
    say(
        world,
        "Background",
        "Young people turn a page. Page 4. World School 1 reports in Spring and on May Day.",
    )
    assert write.why_not_said(world.paper) is None
    say(world, "Background", "Ring 01632 960 123.")
    with pytest.raises(Refused, match=r"01632 960 123.*Background"):
        write.issue(world.paper, True, user=world.officer, now=AT)


def test_issuing_tells_the_board_and_the_clerk(world: Written) -> None:
    issued(world)
    to = set(db.session.scalars(select(Letter.email).where(Letter.subject.contains("Report to the board"))))
    assert {world.board.email, world.clerk.email, world.chair.email} <= to


def test_every_heading_has_numbered_paragraphs_and_all_figures_their_place(world: Written) -> None:
    document = public_part(world.paper)
    assert [s.heading for s in document.sections] == [h for h in HEADINGS if h != "Risks"]
    for section in document.sections:
        assert [n for n, _ in section.paragraphs] == [
            f"{section.number}.{n}" for n in range(1, len(section.paragraphs) + 1)
        ]
    kept = {table["code"] for part in world.paper.figures.values() for table in part["tables"]}
    assert {table.code for table in document.tables} == kept
    overdue = next(s for s in document.sections if s.heading == "Overdue")
    assert "overdue" in overdue.paragraphs[0][1]


def test_what_is_exempt_stands_in_the_exempt_part_alone(world: Written) -> None:
    public, exempt = public_part(world.paper), exempt_part(world.paper)
    assert exempt is not None
    assert "in dispute" not in str(public)
    assert "in dispute" in str(exempt)
    assert "paragraph 3 of Schedule 12A" in str(exempt.head)
    assert "Prices under negotiation." in str(exempt.head)
    say(world, "Money", "", exempt=True)
    assert "money" in {t.code for t in exempt_part(world.paper).tables}  # type: ignore[union-attr]
    assert "money" not in {t.code for t in public_part(world.paper).tables}


def test_a_heading_of_the_fund_s_own_keeps_all_figures(world: Written) -> None:
    world.fund.paper_headings = "Purpose\nMoney\n\nMoney\nOur schools"
    paper = write.begin_paper(world.fund, FIRST, LAST - timedelta(days=9), user=world.officer, now=AT)
    assert [s.heading for s in paper.sections] == ["Recommendations", "Purpose", "Money", "Our schools"]
    kept = {table["code"] for part in paper.figures.values() for table in part["tables"]}
    assert {table.code for table in public_part(paper).tables} == kept


def test_beginning_twice_is_one_draft(world: Written) -> None:
    again = write.begin_paper(world.fund, FIRST, LAST, user=world.officer, now=AT)
    assert again is world.paper


def test_the_next_paper_says_what_changed_since(world: Written) -> None:
    issued(world)
    before = world.paper.figures["money"]["tables"][0]["totals"][1]
    world.make.allocation(world.fund, 5_000_000)
    later = write.begin_paper(world.fund, FIRST, LATER.date(), user=world.officer, now=LATER)
    table = next(t for t in public_part(later).tables if t.code == "changed")
    said = {(table, row): (then, now) for table, row, then, now in table.rows}
    assert said["Money: amount", "Allocated"] == (pounds(before), pounds(before + 5_000_000))
    assert all(then != now for _, _, then, now in table.rows)
    assert "figures of 10 June 2027" in table.says


def test_what_changed_of_exempt_figures_is_told_in_the_exempt_part_alone(world: Written) -> None:
    issued(world)
    world.make.allocation(world.fund, 5_000_000)
    later = write.begin_paper(world.fund, FIRST, LATER.date(), user=world.officer, now=LATER)
    say(world, "Money", "", exempt=True, paper=later)
    table = next(t for t in public_part(later).tables if t.code == "changed")
    assert not any(row[0].startswith("Money") for row in table.rows)  # type: ignore[union-attr]
    assert f", {len(table.rows)} key figure" in table.says


def test_figures_that_were_exempt_in_the_last_paper_are_not_told_by_the_next(world: Written) -> None:
    say(world, "Money", "", exempt=True)
    issued(world)
    world.make.allocation(world.fund, 5_000_000)
    later = write.begin_paper(world.fund, FIRST, LATER.date(), user=world.officer, now=LATER)
    names = {str(row[0]).partition(":")[0] for row in changes(later).rows}
    assert "Money" not in names
    assert names


def test_what_came_or_went_since_is_a_change_and_more_than_fit_are_counted(
    world: Written, monkeypatch: pytest.MonkeyPatch
) -> None:
    for _ in range(2):  # two lines of one source are not taken for each other
        world.make.allocation(world.fund, 5_000_000)
    write.redraw(world.paper, user=world.officer, now=AT)
    issued(world)
    same = write.begin_paper(world.fund, FIRST, AT.date() + timedelta(days=1), user=world.officer, now=AT)
    assert changes(same).rows == ()
    later = write.begin_paper(world.fund, FIRST, date(2026, 12, 31), user=world.officer, now=LATER)
    rows = changes(later).rows
    gone = [row for row in rows if row[3] == "None"]
    assert ("Awards by term: awarded", "Summer 2027", "£3,000.00", "None") in gone
    back = write.begin_paper(world.fund, date(2025, 9, 1), LATER.date(), user=world.officer, now=LATER)
    came = [row for row in changes(back).rows if row[2] == "None"]
    assert any(row[0] == "Awards by term: awarded" and row[1] == "Autumn 2025" for row in came)
    monkeypatch.setattr("fundflow.reports.paper.drawing.MOST_CHANGES", 3)
    table = changes(later)
    assert (table.rows, table.notes) == (rows[:3], (f"3 are shown here; {len(rows) - 3} more changed.",))
    assert table.says.endswith(f", {len(rows)} key figures changed.")


def changes(paper: BoardPaper) -> Table:
    return next(table for table in public_part(paper).tables if table.code == "changed")


def test_a_report_is_held_against_every_other_before_it_is_issued(world: Written) -> None:
    other = write.begin_paper(world.fund, FIRST, LATER.date(), user=world.officer, now=LATER)
    write.issue(world.paper, user=world.officer, now=LATER + timedelta(hours=1))
    for name in write.HEAD:
        setattr(other, name, getattr(world.paper, name))
    for heading in ("Purpose", "Recommendations"):
        say(world, heading, "To note.", paper=other)
    with pytest.raises(Refused, match="Another report was issued since"):
        write.issue(other, user=world.officer, now=LATER + timedelta(hours=2))
    write.redraw(other, user=world.officer, now=LATER + timedelta(hours=3))
    write.issue(other, user=world.officer, now=LATER + timedelta(hours=4))


def test_a_correction_is_a_new_paper_beside_the_old(
    world: Written, sign_in: SignIn, time_machine: Any
) -> None:
    time_machine.move_to(LATER, tick=False)
    paper = issued(world)
    write.correct(paper, "A sum was wrong.", user=world.officer, now=LATER)
    new = paper.corrected_by
    assert new is not None
    assert (new.edition, new.state, new.figures) == (2, PaperState.DRAFT, paper.figures)
    place = f"/board/papers/{paper.id}"
    link = f'href="/board/papers/{new.id}"'
    assert link in sign_in(world.officer).get(place).text
    assert link not in sign_in(world.board).get(place).text  # it is a draft
    write.issue(new, user=world.officer, now=LATER)
    assert link in sign_in(world.board).get(place).text
    assert paper.state is PaperState.ISSUED
    assert ("Correction", "Corrects the report issued on 10 June 2027. A sum was wrong.") in public_part(
        new
    ).head


def test_a_correction_that_was_not_used_bars_no_other(world: Written) -> None:
    paper = issued(world)
    write.correct(paper, "A sum was wrong.", user=world.officer, now=LATER)
    unused = paper.corrected_by
    assert unused is not None
    take_step(unused, "discard", user=world.officer, now=LATER, given={"reason": "Begun by mistake."})
    assert paper.corrected_by is None
    write.correct(paper, "A name was wrong.", user=world.officer, now=LATER)
    new = paper.corrected_by
    assert new is not None
    assert new is not unused
    write.issue(new, user=world.officer, now=LATER)
    told = "Corrects the report issued on 10 June 2027. A name was wrong."
    assert ("Correction", told) in public_part(new).head


# -- the same numbers everywhere ------------------------------------------------------------------------


def test_page_word_spreadsheet_and_pdf_say_the_same(
    world: Written, sign_in: SignIn, time_machine: Any
) -> None:
    time_machine.move_to(AT, tick=False)
    paper = issued(world)
    client = sign_in(world.board)
    place = f"/board/papers/{paper.id}"
    page = client.get(place).get_data(as_text=True)
    document = public_part(paper)

    word = docx.Document(BytesIO(saved(client, f"{place}/report.docx")))
    assert word.core_properties.title == document.title
    assert word.core_properties.author == "Borough of Brackenford"
    heads = [p.text for p in word.paragraphs if p.style.name == "Heading 1"]
    assert heads == [section.heading for section in document.sections]
    said = [p.text for p in word.paragraphs if p.style.name == "List Number"]
    assert said == [words for section in document.sections for _, words in section.paragraphs]
    cells = [[[c.text for c in row.cells] for row in table.rows] for table in word.tables]
    wanted = [
        [[c.heading for c in t.columns], *map(t.in_words, t.all_rows)] for t in document.tables if t.rows
    ]
    assert cells == wanted
    pictures_say_the_same(word, page)

    book = load_workbook(BytesIO(saved(client, f"{place}/report.xlsx")))
    sheets = [sheet for sheet in book.worksheets]
    assert len(sheets) == len(document.tables)
    for sheet, table in zip(sheets, document.tables, strict=True):
        rows = [tuple(v for v in row) for row in sheet.iter_rows(values_only=True)]
        for row in table.all_rows:
            number = [
                float(v) for v in table.for_sheet(row) if isinstance(v, (int,)) or hasattr(v, "quantize")
            ]
            assert any(set(number) <= {float(v) for v in r if isinstance(v, (int, float))} for r in rows), row

    for words in numbers(paper):
        assert words.replace("&", "&amp;").replace("'", "&#39;") in page
    assert "in dispute" in page  # the board reads the exempt part
    assert not any(name in page for name in NAMES)


def test_the_pdf_says_the_same_on_four_pages_of_body(
    world: Written, sign_in: SignIn, time_machine: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    press_here(monkeypatch)
    time_machine.move_to(AT, tick=False)
    paper = issued(world)
    answer = made_pdf(sign_in(world.board), f"/board/papers/{paper.id}/report.pdf")
    with opened(answer.data) as pdf:
        pages = [page.get_textpage().get_text_range() for page in pdf]
        assert all(rightmost(page) <= page.get_width() - MARGIN for page in pdf), "a table leaves the page"
    body = next(n for n, text in enumerate(pages) if "Appendix: tables" in text)
    assert body <= 4
    whole = squeezed("".join(pages))
    for words in numbers(paper):
        assert squeezed(words) in whole, words


MARGIN = 17 / 25.4 * 72  # points: the page's 18 mm less the room of a letter


def rightmost(page: Any) -> float:
    """Where the words of a page end on the right, in points."""
    text = page.get_textpage()
    return max(text.get_rect(n)[2] for n in range(text.count_rects()))


def pictures_say_the_same(word: Any, page: str) -> None:
    """Every chart of the page stands in Word, small, in ink on white, with its words."""
    shapes = list(word.inline_shapes)
    charts = re.findall(r'<svg[^>]* role="img" aria-label="([^"]+)"', page)
    assert len(charts) > 8
    assert [shape._inline.docPr.get("descr") for shape in shapes] == [unescape(words) for words in charts]
    for shape in shapes:
        picture = word.part.related_parts[shape._inline.graphic.graphicData.pic.blipFill.blip.embed].blob
        assert len(picture) <= 60_000
        darkest, lightest = Image.open(BytesIO(picture)).convert("L").getextrema()
        assert darkest < 20
        assert lightest == 255


def saved(client: FlaskClient, path: str) -> bytes:
    with client.get(path) as answer:
        assert answer.status_code == 200
        return answer.data


def squeezed(text: str) -> str:
    return re.sub(r"[\s\u00ad\ufffe-]", "", text)


# -- who reads what -------------------------------------------------------------------------------------


def test_the_board_reads_no_draft_and_the_public_only_what_is_published(
    world: Written, sign_in: SignIn, time_machine: Any
) -> None:
    time_machine.move_to(AT, tick=False)
    place, public = f"/board/papers/{world.paper.id}", f"/papers/{world.paper.id}"
    files = [f"{place}/{part}{kind}" for part in ("report", "exempt") for kind in ("/print", ".pdf", ".docx")]
    for reader in (world.board, world.finance, world.impact_officer):
        assert {sign_in(reader).get(path).status_code for path in (place, *files)} == {404}
    for reader in (world.auditor, world.officer, world.clerk):
        assert sign_in(reader).get(place).status_code == 200
    issued(world)
    for reader in (world.board, world.finance, world.impact_officer, world.auditor):
        assert sign_in(reader).get(f"{place}/exempt.docx").status_code == 200
    assert sign_in(world.chair).get(place).status_code == 200
    assert sign_in(world.member).get(place).status_code == 404
    assert sign_in(world.head).get(place).status_code == 403
    assert sign_in(None).get(public).status_code == 404
    write.publish(world.paper, user=world.officer, now=AT)
    page = sign_in(None).get(public).get_data(as_text=True)
    assert "in dispute" not in page
    assert "a separate report: paragraph 3" in page
    assert sign_in(None).get(f"{place}/exempt/print").status_code == 302
    write.unpublish(world.paper, "A mistake.", user=world.officer, now=AT)
    assert sign_in(None).get(public).status_code == 404


def test_a_published_report_tells_the_public_nothing_that_it_may_not(
    world: Written, sign_in: SignIn, time_machine: Any
) -> None:
    time_machine.move_to(AT, tick=False)
    issued(world)
    write.publish(world.paper, user=world.officer, now=AT)
    said = public_pages(sign_in(None))
    public = {path: text for path, text in said.items() if path.startswith("/papers")}
    place = f"/papers/{world.paper.id}"
    files = {f"{place}/report{kind}" for kind in ("/print", ".pdf", ".docx", ".xlsx")}
    assert set(public) == {"/papers", place, *files}
    assert told_too_much(public) == []
    assert counts_of_one_bid(public) == []
    for path in (place, f"{place}/report/print", f"{place}/report.docx"):
        assert "to note this report" in public[path]
    assert not any("in dispute" in text for text in public.values())
    client = sign_in(None)
    assert {client.get(path.replace("report", "exempt")).status_code for path in files} == {404}
    write.unpublish(world.paper, "A mistake.", user=world.officer, now=AT)
    assert {client.get(path).status_code for path in files} == {404}


def test_another_fund_s_board_reads_nothing(
    world: Written, make: Make, sign_in: SignIn, time_machine: Any
) -> None:
    time_machine.move_to(AT, tick=False)
    stranger = make.staff(R.BOARD)
    stranger.roles[0].fund_id = make.fund(name="Other").id
    issued(world)
    assert sign_in(stranger).get(f"/board/papers/{world.paper.id}").status_code == 404
    assert world.paper.title not in sign_in(stranger).get("/board").get_data(as_text=True)


# -- pupils at two dates --------------------------------------------------------------------------------


@pytest.mark.parametrize("moved", ["pupils", "answers"])
def test_a_table_of_an_ended_year_stays_as_it_was_issued_and_says_so(world: Written, moved: str) -> None:
    """What one bid or one answer moved would be the difference of two reports."""
    paper = write.begin_paper(world.fund, date(2025, 4, 1), LAST, user=world.officer, now=AT)
    for name in write.HEAD:
        setattr(paper, name, getattr(world.paper, name))
    for heading in ("Purpose", "Recommendations"):
        say(world, heading, "To note.", paper=paper)
    write.issue(paper, user=world.officer, now=AT)
    if moved == "pupils":
        for bid in world.bids:
            bid.pupil_groups[0].count += 40
    else:
        for answer in db.session.scalars(select(Feedback)):
            answer.quality = 1
    db.session.flush()
    later = write.begin_paper(world.fund, paper.starts_on, LATER.date(), user=world.officer, now=LATER)
    old, new = ({t.code: t for t in public_part(one).tables} for one in (paper, later))
    yearly = {code for code in old if code.startswith(("pupils-", "feedback-"))}
    assert yearly == {
        f"{code}-{year}" for code in ("pupils", "feedback", "feedback-again") for year in (2025, 2026)
    }
    for code in yearly:
        assert new[code].all_rows == old[code].all_rows
    said = {code for code in yearly if "issued on 10 June 2027" in new[code].notes[-1]}
    assert said == ({"pupils-2025"} if moved == "pupils" else {"feedback-2026"})
