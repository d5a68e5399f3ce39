"""A full bid of £12,000 through real pages: every section is sent empty or wrong first, then right."""

import io
from collections.abc import Callable
from contextlib import ExitStack
from functools import partial

import pytest
import xlsxwriter
from playwright.sync_api import FilePayload

from fundflow.models.bid import Bid
from tests.factories import Make
from tests.files.samples import pdf
from tests.journeys import acts
from tests.journeys.conftest import World
from tests.journeys.council import moment
from tests.journeys.full_bid import FULLER, SHORT, SUMS, TOO_HIGH, WHY, Part, Row, Wrong
from tests.journeys.invented import InventedCouncil, Places, found
from tests.journeys.visitor import Visitor

pytestmark = [pytest.mark.browser, pytest.mark.by_keyboard, pytest.mark.thorough]

HEAD, TEAM, LEAD = "Amara Cole", "Sam Field", "Hazelmere Primary School"
OTHERS = {
    "Elm Grove Primary School": "200003",
    "Beech Lane School": "200004",
    "Ash Road Nursery School": "200005",
}
ACADEMY = 34


def with_a_trust(make: Make, places: Places) -> None:
    """Three more schools, an academy that leads, and a question of the round’s own."""
    for name, urn in OTHERS.items():
        make.school(name, urn=urn)
    lead = places.schools[LEAD]
    lead.type_code, lead.trust = ACADEMY, make.trust("Three Oaks Learning Trust")
    make.question(places.round, text="How do governors know?", required=True, full_only=True)


def test_every_section_says_what_is_wrong_and_takes_what_is_right(new_world: Callable[..., World]) -> None:
    world = new_world(moment("2026-09-09 16:00"))
    with ExitStack() as closing:
        council = found(world, closing, more=with_a_trust)
        team = council[TEAM]
        ref = acts.start_bid(team)
        nothing_is_there(team, ref)
        for part in SHORT:
            fill_in(team, ref, part)
        team.open(f"/bids/{ref}/form")
        team.reads(
            f"You have completed {len(SHORT)} of {len(SHORT) + len(FULLER) - 1} sections.",  # one is optional
            "The full form",
            "Your bid asks for £5,000 or more, so we need these sections too.",
            "Amount so far: £12,000.00",
        )
        signer(team, ref, f"{LEAD} is an academy, so somebody must sign for Three Oaks Learning Trust.")
        for part in FULLER:
            fill_in(team, ref, part)
        attach(team, ref)
        sent(council, ref)
        assert not world.trouble


def test_the_chair_of_governors_signs_for_a_maintained_school(new_world: Callable[..., World]) -> None:
    def large(make: Make, places: Places) -> None:
        make.bid(lead=places.schools[LEAD], leader=places.people[HEAD], fund=places.round.fund)
        make.session.query(Bid).one().requested_pence = 500_000

    with ExitStack() as closing:
        council = found(new_world(moment("2026-09-09 16:00")), closing, more=large)
        signer(council[TEAM], "BRK-0001", "Your chair of governors must sign it.")
        assert not council.world.trouble


def signer(team: Visitor, ref: str, words: str) -> None:
    team.open(f"/bids/{ref}/form")
    team.follow("Approver’s signature")
    team.reads(f"Your bid asks for £5,000 or more. {words} We email them a link when you submit the bid.")


def nothing_is_there(team: Visitor, ref: str) -> None:
    """Check answers can be read before anything is answered; it says what is still to do."""
    team.open(f"/bids/{ref}/form/check")
    team.fits_a_phone()
    team.reads(
        "Add at least one other school",
        "Enter a title",
        "Add at least one line of backfill",
        "You can’t submit yet.",
    )
    team.sees_no_button("Send to the head")


def fill_in(team: Visitor, ref: str, part: Part) -> None:
    team.open(f"/bids/{ref}/form")
    team.follow(part.title)
    team.fits_a_phone()
    send_all(team, part.wrong)
    if not acts.is_adding(team):
        acts.answer(team, part.title, part.own)
    for row in part.rows:
        add(team, row)
    team.fits_a_phone()
    if part.title == "Costs":
        team.reads(*SUMS)
    if part.title == "Costs" or not part.rows:
        team.press(acts.SAVE)


def send_all(team: Visitor, several: tuple[Wrong, ...]) -> None:
    for wrong in several:
        team.answer(wrong.answers)
        team.is_told(acts.SAVE, *wrong.told)


def add(team: Visitor, row: Row) -> None:
    """The rows of a kind, one after another; what was wrong stays on the page until it is right."""
    acts.begin_row(team, row.one)
    team.fits_a_phone()
    send_all(team, row.wrong)
    for number, answers in enumerate(row.rows, 1):
        line = {label: value for label, value in answers.items() if label != WHY}
        acts.answer_row(team, line, partial(send_all, team, row.then if number == 1 else ()))
        if WHY in answers:
            team.is_told(acts.SAVE, TOO_HIGH)
            team.answer({WHY: answers[WHY]})
        team.press("Save and add another" if number < len(row.rows) else acts.SAVE)


def attach(team: Visitor, ref: str) -> None:
    """A PDF and a spreadsheet; what is called a PDF and is none is refused."""
    team.open(f"/bids/{ref}/form")
    team.follow("Attachments")
    team.fits_a_phone()
    team.is_told("Attach the file", "Choose a file")
    choose(team, "plan.pdf", b"\x89PNG\r\n\x1a\n" + bytes(40))
    team.answer({"What is it?": "A plan"})
    team.is_told(
        "Attach the file",
        "The file’s name ends in “.pdf”, but it is a PNG picture. Choose a PDF, "
        "Word (.docx), Excel (.xlsx), CSV, OpenDocument (.odt or .ods), JPEG or PNG file",
    )
    assert team.page.get_by_label("What is it?").input_value() == "A plan"
    choose(team, "plan.pdf", pdf())
    team.press("Attach the file")
    choose(team, "reading ages.xlsx", spreadsheet())
    team.answer({"What is it?": "Reading ages in Year 2"})
    team.press("Attach the file")
    team.reads("Attached: 2 of 5", "plan.pdf", "reading ages.xlsx", "Reading ages in Year 2")
    team.fits_a_phone()


def choose(team: Visitor, name: str, content: bytes) -> None:
    file = FilePayload(name=name, mimeType="", buffer=content)
    team.hand.upload(team.page.get_by_label("Choose a file"), file)


def spreadsheet() -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        book.add_worksheet().write_row(0, 0, ("Year", "Months"))
    return out.getvalue()


def sent(council: InventedCouncil, ref: str) -> None:
    """Nothing is missing; the head sends it, the trust’s approver and four schools are asked."""
    team, head = council[TEAM], council[HEAD]
    team.open(f"/bids/{ref}/form")
    sections = len(SHORT) + len(FULLER) + 1  # and the attachments
    team.reads(f"You have completed {sections} of {sections} sections.")
    team.press("Check your answers and send to the head")
    team.fits_a_phone()
    team.reads("£12,000.00", "plan.pdf", "reading ages.xlsx")
    assert not team.page.get_by_text("Still to do").count()
    acts.submit(head, ref, LEAD)
    head.fits_a_phone()
    head.reads("We ask Christine Ward to sign", *(f"We ask {name} to confirm" for name in OTHERS))
    head.open(f"/bids/{ref}/application")
    head.fits_a_phone()
    head.reads("Christine Ward Signature: For the trust", "White British", "Year 1 phonics standard")
    assert head.page.locator("#confirmations ~ div tbody tr").count() == 5
