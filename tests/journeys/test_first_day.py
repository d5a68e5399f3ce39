"""A council's first day without demonstration data, and on: from an empty database to a bid closed.

Slough's real schools are all there; whatever README does not give to the command line is done in the
browser, by whoever would do it, with links that were really emailed.
"""

import re
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from fundflow.models.letter import Letter, LetterStatus
from fundflow.web import access
from tests.journeys import acts, award_acts
from tests.journeys import first_day_acts as first
from tests.journeys import first_day_people as p
from tests.journeys.acts import Section
from tests.journeys.award_acts import Worked
from tests.journeys.conftest import StoppedClock
from tests.journeys.council import REAL_SCHOOLS, address, day, moment
from tests.journeys.first_day_world import INVITATION, FirstDay, FirstDayWorld, empty_council
from tests.journeys.slough_bids import DEPUTY_HEAD, LARGE, LARGE_REPORT, SUBJECT_LEAD, TEACHER
from tests.journeys.visitor import Chosen, ticked

pytestmark = [
    pytest.mark.browser,
    pytest.mark.thorough,
    pytest.mark.skipif(not REAL_SCHOOLS.exists(), reason=f"Slough's schools are not here: {REAL_SCHOOLS}"),
]

REF = "LSIF-0001"
# What one bid of £18,000 costs people outside the council in letters, and everything in pages and letters.
OUTSIDE = {"karen.whitlock": 9, "julia.frost": 5, "christine.ward": 1}
PAGES, LETTERS = 284, 111
SCHOOLS = Section(
    "Schools taking part",
    {},
    (
        (
            "school",
            {
                "School": Chosen(f"{p.PROVIDER} (136521)"),
                "What does this school do?": ticked("Gives the support"),
                "Name of its head teacher": p.PROVIDERS_HEAD,
                "Email address of its head teacher": address(p.PROVIDERS_HEAD),
            },
        ),
    ),
)
# The head picks the wrong Sue from her address book: this one sits on the panel.
WRONG_CONTACT = Section(
    "Contact",
    {
        "Name": "Sue Tanner",
        "Job": "Office manager",
        "Email address": address(p.GOVERNOR),
        "Telephone number": "01632 960 002",
    },
)
BID = (SCHOOLS, WRONG_CONTACT, *LARGE[2:])


@pytest.fixture
def world(browser: Browser, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[FirstDayWorld]:
    with empty_council(browser, moment("2027-01-04 09:00"), tmp_path) as world:
        monkeypatch.setattr(access, "datetime", StoppedClock(world))
        world.keyboard_only = True
        yield world


def test_from_an_empty_database_to_a_bid_closed(world: FirstDayWorld) -> None:
    with ExitStack() as closing:
        council = FirstDay(world, closing)
        the_first_day(council)
        a_bid_is_sent(council)
        everybody_answers(council)
        the_panel(council)
        money_and_support(council)
        the_end(council)
        figures_of(council)


def the_first_day(council: FirstDay) -> None:
    council.world.work()
    administrator = first.install(council)
    first.set_up(administrator)
    council.world.ask_no_interim_reports()
    first.invite_by_file(administrator)
    first.seat_panel(administrator)
    council.world.work()
    first.publish(administrator)
    council.world.work()


def a_bid_is_sent(council: FirstDay) -> None:
    """£18,000, by a head who was invited, with a provider’s head who was not."""
    council.at("2027-01-11 16:00")
    head = council.invited(p.HEAD)
    assert acts.start_bid(head) == REF
    acts.fill_in(head, REF, BID)
    acts.submit(head, REF, p.LEAD)


def everybody_answers(council: FirstDay) -> None:
    post = council.world.post
    council.at("2027-01-12 08:00")
    acts.sign(council.visitor(p.APPROVER), post.newest_link(address(p.APPROVER)), p.APPROVER)

    partner = council.visitor(p.PROVIDERS_HEAD)
    partner.open(post.newest_link(address(p.PROVIDERS_HEAD)))
    partner.reads(f"Can {p.PROVIDER} release these staff?", "£18,000.00")
    partner.answer(
        {
            "What is your answer?": ticked("Yes, we can release these staff"),
            "Your full name": p.PROVIDERS_HEAD,
        }
    )
    partner.press("Send my answer")
    partner.press("Ask for an account")
    partner.reads("You asked for an account")

    council.at("2027-01-13 10:00")
    officer = council.invited(p.OFFICER)
    acts.take_up(officer, REF)
    officer.open(f"/bids/{REF}")
    officer.reads(
        f"Nobody of {p.PROVIDER} has an account", f"{p.PROVIDERS_HEAD} of {p.PROVIDER} would like one"
    )
    officer.open("/work")
    officer.follow(re.compile("Invite somebody who asked for an account"))
    officer.follow(re.compile(f"^Invite {p.PROVIDERS_HEAD}"))
    officer.press("Send the invitation")
    officer.reads(p.PROVIDERS_HEAD)
    council.world.work()
    council.invited(p.PROVIDERS_HEAD).open(f"/bids/{REF}")

    clerk = council.invited(p.CLERK)
    clerk.open("/work")
    clerk.reads("Say whether somebody the bid names has an interest")
    clerk.open(f"/bids/{REF}/review")
    clerk.follow(re.compile("^It is no interest"))
    clerk.answer({"How do you know?": "The school meant its office manager."})
    clerk.press("It is no interest")


def the_panel(council: FirstDay) -> None:
    clerk, officer = council[p.CLERK], council[p.OFFICER]
    meeting = acts.plan_meeting(clerk, day("2027-02-02"))
    acts.review(officer, REF, "18000")
    acts.recommend(officer, REF)
    council.at("2027-01-25 10:00")
    acts.issue_papers(council[p.CLERK], meeting)
    council.at("2027-02-02 16:00")
    acts.start_meeting(council[p.CLERK], meeting, tuple(p.PANEL))
    acts.record_item(council[p.CLERK], meeting, REF, dict.fromkeys(p.PANEL, "For"))
    acts.fund(council[p.CHAIR], meeting, REF, "The gap is wide and the plan is sound.")
    acts.close_meeting(council[p.CLERK], meeting)
    council.at("2027-02-03 10:00")
    acts.send_letters(council[p.OFFICER], REF)


def money_and_support(council: FirstDay) -> None:
    council.at("2027-02-08 08:00")
    acts.accept_offer(council[p.HEAD], REF)
    council.at("2027-02-09 10:00")
    award_acts.certify(council[p.CHECKER], REF, "Claim 1: advance")
    council[p.CHECKER].sees_no_button("Mark as paid")
    award_acts.payees_from_a_file(council[p.CHECKER], council[p.PAYER], day("2027-02-01"))
    award_acts.pay(council[p.PAYER], REF, "Claim 1: advance", "BACS 5001")
    council.at("2027-04-30 16:00")
    award_acts.log_days(
        council[p.HEAD],
        REF,
        *(Worked(DEPUTY_HEAD, day(f"2027-03-{n:02}")) for n in (2, 9, 16, 23)),
        Worked(SUBJECT_LEAD, day("2027-03-03")),
        Worked(TEACHER, day("2027-03-11"), "Half a day"),
        at=p.LEAD,
    )
    march = ("2 March", "3 March", "9 March", "11 March", "16 March", "23 March")
    award_acts.confirm_days(council[p.PROVIDERS_HEAD], REF, *(f"{on} 2027" for on in march))
    council[p.HEAD].open(f"/bids/{REF}/claims/new")
    council[p.HEAD].reads("is paid already and covers the days and costs so far")


def the_end(council: FirstDay) -> None:
    """The server stood still over the summer term; nothing is done by date before somebody looks."""
    council.world.at(moment("2027-07-19 09:00"))
    assert council.state(REF) == "in_delivery"
    administrator = council[p.ADMINISTRATOR]
    administrator.open("/work")
    administrator.follow(re.compile("Nothing is done by date"))
    administrator.press("The clock is right: go on")
    administrator.reads("looked at again")
    council.world.work()
    assert council.state(REF) == "in_monitoring"

    council.at("2027-07-20 18:00")
    award_acts.report(council[p.HEAD], REF, LARGE_REPORT | {"What was spent of the award": "11430"})
    award_acts.rate(council[p.HEAD], REF)
    award_acts.send_report(council[p.HEAD], REF)
    council.at("2027-07-22 10:00")
    award_acts.accept_report(council[p.IMPACT], REF)
    award_acts.close(council[p.IMPACT], REF)
    council.at("2027-07-23 09:00")
    assert council.state(REF) == "closed"


def figures_of(council: FirstDay) -> None:
    """Nothing failed or waits, nobody was invited twice; what it cost everybody in pages and letters."""
    world, post = council.world, council.world.post
    assert not world.trouble
    assert not world.letters(Letter.status != LetterStatus.SENT, Letter.digest_id.is_(None))
    invited = Counter(str(m["To"]) for m in post.messages if INVITATION.match(str(m["Subject"])))
    assert set(invited.values()) == {1}
    assert len(invited) == len(p.rows()) + 3  # two of the panel, and the provider's head
    received = Counter(to for to, _ in council.letters())
    print(f"Pages: {world.pages}; letters: {len(post.messages)}, of them {len(invited)} invitations")  # noqa: T201 (asked for)
    print("Letters of the bid:", ", ".join(f"{to} {count}" for to, count in received.most_common()))  # noqa: T201
    assert {to: received[to] for to in OUTSIDE} == OUTSIDE
    assert set(received) <= {*OUTSIDE, *map(_local, (*p.STAFF, *p.PANEL, p.ADMINISTRATOR))}
    assert (world.pages, len(post.messages)) == (PAGES, LETTERS)


def _local(name: str) -> str:
    return address(name).partition("@")[0]
