"""Two bids on Slough's real schools, each from its first answer to its close, through real pages.

The fund is Slough's own: £150,000 and a top-up of £49,500. Everybody signs in through a link that
was really emailed; every letter of both bids' lives is compared with one literal list each.
"""

from collections.abc import Callable
from contextlib import ExitStack

import pytest

from fundflow.workflow.date_words import day_words
from tests.journeys import acts, award_acts
from tests.journeys.award_acts import Worked
from tests.journeys.conftest import World
from tests.journeys.council import REAL_SCHOOLS, Council, Figures, day, found_council, moment
from tests.journeys.slough_bids import (
    DEPUTY_HEAD,
    LARGE,
    LARGE_REPORT,
    SMALL,
    SMALL_DAYS,
    SMALL_REPORT,
    SUBJECT_LEAD,
    TEACHER,
)
from tests.journeys.slough_letters import LETTERS_OF_LARGE, LETTERS_OF_SMALL, LETTERS_OF_WITHDRAWN

pytestmark = [
    pytest.mark.browser,
    pytest.mark.thorough,
    pytest.mark.skipif(not REAL_SCHOOLS.exists(), reason=f"Slough's schools are not here: {REAL_SCHOOLS}"),
]

OUTSIDE = {"amara.nwosu", "sam.okafor", "daniel.price"}  # of the small bid; the panel has its own


@pytest.mark.parametrize("javascript", [True, False], ids=["with JavaScript", "without JavaScript"])
def test_bids_go_from_draft_to_closed(new_world: Callable[..., World], javascript: bool) -> None:
    world = new_world(moment("2026-09-07 09:00"), COUNCIL="Slough Borough Council")
    world.javascript = javascript
    with ExitStack() as closing:
        council = found_council(world, closing)
        assert council.figures() == Figures(199_500, 0, 0, 0, 199_500, 0)

        the_small_bid(council)
        small = council.letters()
        assert small == LETTERS_OF_SMALL
        outside = [letter for letter in small if letter[0] in OUTSIDE]
        assert len(outside) == 13  # a dozen, and the receipt of the one who prepared it

        if not javascript:  # with JavaScript the large bid is walked in test_first_day.py
            the_large_bid(council)
            assert council.letters()[len(small) :] == LETTERS_OF_LARGE

            a_draft_withdrawn(council)
            assert council.letters()[len(small) + len(LETTERS_OF_LARGE) :] == LETTERS_OF_WITHDRAWN

        identities = [str(m["Message-ID"]) for m in world.post.messages]
        assert len(identities) == len(set(identities)), "a letter arrived twice"
        assert not world.trouble


def the_small_bid(council: Council) -> None:
    """£3,000, the lean path: one agreed score, one advance, one page at the end."""
    head, team = "Amara Nwosu", "Sam Okafor"

    council.at("2026-09-08 16:00")
    ref = acts.start_bid(council[team])
    acts.fill_in(council[team], ref, SMALL)
    council[team].open(f"/bids/{ref}/form/check")
    council[team].reads("£2,100.00", "£840.00", "£60.00", "£3,000.00", "The head teacher must submit the bid")
    council[team].sees_no_button("Agree and submit bid")

    council.at("2026-09-13 19:30")  # a Sunday evening
    acts.submit(council[head], ref, "Pippins School")
    assert council.state(ref) == "submitted"

    council.at("2026-09-14 09:00")
    acts.confirm(council["Daniel Price"], ref)
    meeting = acts.plan_meeting(council["Grace Lin"], day("2026-09-29"))

    council.at("2026-09-15 10:00")
    acts.take_up(council["Priya Raman"], ref)
    acts.review(council["Priya Raman"], ref, "3000")
    acts.recommend(council["Priya Raman"], ref)
    assert council.state(ref) == "at_panel"

    council.at("2026-09-21 10:00")
    acts.issue_papers(council["Grace Lin"], meeting)

    council.at("2026-09-23 20:00")
    _on_a_phone(council, "Sue Tan", meeting, ref)
    acts.declare_interest(
        council["Laura Finch"],
        meeting,
        ref,
        "An interest, disclosed",
        "My school works with Marish Primary School on reading.",
    )

    council.at("2026-09-29 16:00")
    acts.start_meeting(
        council["Grace Lin"], meeting, ("Marcus Webb", "Anita Joshi", "Laura Finch", "Peter Rowe", "Sue Tan")
    )
    acts.record_item(
        council["Grace Lin"],
        meeting,
        ref,
        {"Marcus Webb": "For", "Anita Joshi": "For", "Peter Rowe": "For", "Sue Tan": "Abstains"},
    )
    council["Grace Lin"].sees_no_button("For (Laura Finch)")  # disclosed: present, no vote
    acts.fund(council["Marcus Webb"], meeting, ref, "A clear need, and a partner that has done it before.")
    acts.close_meeting(council["Grace Lin"], meeting)
    acts.send_letters(council["Priya Raman"], ref)
    assert council.figures() == Figures(199_500, 0, 0, 0, 199_500, 3_000)

    council.at("2026-10-01 08:00")
    council[team].open(f"/bids/{ref}")
    council[team].sees_no_button("Accept the offer")
    acts.accept_offer(council[head], ref)
    assert council.figures() == Figures(199_500, 3_000, 0, 3_000, 196_500, 0)

    council.at("2026-10-02 10:00")
    award_acts.certify(council["Owen Clarke"], ref, "Claim 1: advance")
    council["Owen Clarke"].sees_no_button("Mark as paid")

    council.at("2026-10-05 10:00")
    award_acts.propose_payee(council["Owen Clarke"], ref, "Claim 1: advance", day("2026-10-01"), "4711")
    award_acts.confirm_payee(council["Fatima Noor"], ref, "Claim 1: advance")
    award_acts.pay(council["Fatima Noor"], ref, "Claim 1: advance", "BACS 5001")
    assert council.figures() == Figures(199_500, 3_000, 3_000, 0, 196_500, 0)

    council.at("2026-12-19 00:30")  # the day after the end date
    assert council.state(ref) == "in_monitoring"

    council.at("2027-01-10 18:00")
    award_acts.log_days(council["Daniel Price"], ref, *SMALL_DAYS, at="Pippins School")
    travel = ("Between the schools (£60.00)", "Train tickets", "60", day("2026-11-18"))
    award_acts.add_cost(council[team], ref, *travel)
    award_acts.confirm_days(council[head], ref, *(day_words(worked.on) for worked in SMALL_DAYS))
    award_acts.report(council[team], ref, SMALL_REPORT)
    council[team].sees_no_button("Agree and send report")
    award_acts.rate(council[head], ref)
    award_acts.send_report(council[head], ref)

    council.at("2027-01-13 11:00")
    award_acts.accept_report(council["Helen Abbott"], ref)  # and closes the bid: nothing else is open

    council.at("2027-01-14 09:00")
    assert council.state(ref) == "closed"
    assert council.figures() == Figures(199_500, 3_000, 3_000, 0, 196_500, 0)


def _on_a_phone(council: Council, name: str, meeting: int, ref: str) -> None:
    """A member reads the papers and declares with a phone in hand."""
    from tests.journeys.council import address

    phone = council.visitor(f"{name}, on a phone", address(name), phone=True)
    for path in ("/work", f"/meetings/{meeting}", f"/bids/{ref}/application", f"/bids/{ref}/review"):
        phone.open(path)
        phone.fits()
    acts.declare_none(phone, meeting, ref)
    phone.fits()


def the_large_bid(council: Council) -> None:
    """£18,000: the approver signs, half is paid in advance, the rest for days that were worked."""
    head, team, officer = "Karen Whitlock", "Nina Rossi", "Priya Raman"

    council.at("2027-01-18 16:00")
    ref = acts.start_bid(council[team])
    acts.fill_in(council[team], ref, LARGE)
    council[team].open(f"/bids/{ref}/form/check")
    council[team].reads("£8,400.00", "£7,350.00", "£1,800.00", "£450.00", "£18,000.00")
    council[team].press("Send to the head")

    council.at("2027-01-19 08:00")
    acts.submit(council[head], ref, "Baylis Court School")

    council.at("2027-01-19 12:30")
    link = council.world.post.newest_link("christine.ward@slough.example")
    acts.sign(council.visitor("Christine Ward"), link, "Christine Ward")

    council.at("2027-01-20 09:00")
    acts.confirm(council["Marcus Webb"], ref)

    council.at("2027-01-21 10:00")
    acts.take_up(council[officer], ref)
    acts.ask_for_more(council[officer], ref, "What needs to improve", "How large is the gap in Year 11?")

    council.at("2027-01-24 19:00")
    acts.answer_question(
        council[team],
        ref,
        "What needs to improve",
        {"Your answer": "It is six tenths of a grade, as in Year 10."},
    )
    acts.send_back(council[head], ref, "Baylis Court School")

    council.at("2027-01-25 10:00")
    meeting = acts.plan_meeting(council["Grace Lin"], day("2027-02-09"))
    acts.review(council[officer], ref, "18000")
    acts.recommend(council[officer], ref)

    council.at("2027-02-01 10:00")
    acts.issue_papers(council["Grace Lin"], meeting)
    council["Marcus Webb"].open(f"/meetings/{meeting}")
    council["Marcus Webb"].reads("An item you take no part in")  # the chair's school gives the support

    council.at("2027-02-09 16:00")
    acts.start_meeting(
        council["Grace Lin"], meeting, ("Marcus Webb", "Anita Joshi", "Laura Finch", "Peter Rowe", "Sue Tan")
    )
    acts.record_item(
        council["Grace Lin"],
        meeting,
        ref,
        {"Anita Joshi": "For", "Laura Finch": "For", "Peter Rowe": "For", "Sue Tan": "Against"},
    )
    acts.fund(council["Anita Joshi"], meeting, ref, "The gap is wide and the plan is sound.")
    acts.close_meeting(council["Grace Lin"], meeting)
    acts.send_letters(council[officer], ref)
    assert council.figures() == Figures(199_500, 3_000, 3_000, 0, 196_500, 18_000)

    council.at("2027-02-15 08:00")
    acts.accept_offer(council[head], ref)
    assert council.figures() == Figures(199_500, 21_000, 3_000, 18_000, 178_500, 0)

    council.at("2027-02-16 10:00")
    award_acts.certify(council["Owen Clarke"], ref, "Claim 1: advance")
    council.at("2027-02-17 10:00")
    award_acts.payees_from_a_file(council["Fatima Noor"], council["Owen Clarke"], day("2027-02-01"))
    award_acts.pay(council["Fatima Noor"], ref, "Claim 1: advance", "BACS 5002")
    assert council.figures() == Figures(199_500, 21_000, 12_000, 9_000, 178_500, 0)  # half of £18,000

    council.at("2027-04-30 16:00")
    award_acts.log_days(
        council[team],
        ref,
        *(Worked(DEPUTY_HEAD, day(f"2027-03-{n:02}")) for n in (2, 9, 16, 23)),
        Worked(SUBJECT_LEAD, day("2027-03-03")),
        Worked(SUBJECT_LEAD, day("2027-03-10")),
        Worked(TEACHER, day("2027-03-11"), "Half a day"),
        at="Baylis Court School",
    )
    march = ("2 March", "3 March", "9 March", "10 March", "11 March", "16 March", "23 March")
    award_acts.confirm_days(council["Marcus Webb"], ref, *(f"{on} 2027" for on in march))
    # 4 × £420 + 2 × £350 with 40% + ½ × £240 = £1,680 + £980 + £120 = £2,780
    council[head].open(f"/bids/{ref}/claims/new")
    council[head].reads("£9,000.00 is paid already and covers the days and costs so far", "£2,780.00")

    council.at("2027-07-09 16:00")
    award_acts.log_days(council[team], ref, Worked(DEPUTY_HEAD, day("2027-07-06")), at="Baylis Court School")
    award_acts.confirm_days(council["Marcus Webb"], ref, "6 July 2027")
    assert council.figures() == Figures(199_500, 21_000, 12_000, 9_000, 178_500, 0)

    council.at("2027-07-17 00:30")
    assert council.state(ref) == "in_monitoring"
    council.at("2027-08-06 09:00")  # five working days before the report is due

    council.at("2027-08-08 18:00")
    award_acts.report(council[head], ref, LARGE_REPORT)
    award_acts.rate(council[head], ref)
    award_acts.send_report(council[head], ref)
    council.at("2027-08-10 10:00")
    award_acts.return_report(council["Helen Abbott"], ref, "How many pupils sat the July examination?")
    council.at("2027-08-11 10:00")
    award_acts.report(council[head], ref, {"Note on result 1 (optional)": "Of 41 pupils, 40 sat it."})
    award_acts.send_report(council[head], ref, "The other days are logged by the partner")
    council.at("2027-08-12 10:00")
    award_acts.accept_report(council["Helen Abbott"], ref)
    award_acts.close(council["Helen Abbott"], ref)

    council.at("2027-08-13 09:00")
    assert council.state(ref) == "closed"
    # Awards of £3,000 and £18,000, of which £9,000 went back unpaid: C = £12,000; all of it is paid. Of the
    # £9,000 that was advanced, £5,800 was not earned: finance has it to ask back.
    assert council.figures() == Figures(199_500, 12_000, 12_000, 0, 187_500, 0)
    council["Owen Clarke"].open("/money")
    council["Owen Clarke"].reads("£199,500.00", "£187,500.00", "£12,000.00")


def a_draft_withdrawn(council: Council) -> None:
    council.at("2027-08-16 10:00")
    ref = acts.start_bid(council["Karen Whitlock"])
    acts.withdraw(council["Karen Whitlock"], ref, "We started this twice.")
    council.at("2027-08-17 09:00")
    assert council.state(ref) == "withdrawn"
