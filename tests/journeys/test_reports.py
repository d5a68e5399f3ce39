"""£6,100 at 50/30/20: an interim report, a late final one, its correction, and a follow-up a year later."""

from collections.abc import Callable
from contextlib import ExitStack

import pytest

from fundflow.extensions import db
from fundflow.models.person import Standing
from fundflow.models.school import School
from tests.factories import Make
from tests.journeys import acts, award_acts
from tests.journeys.award_stage import (
    HEAD,
    IMPACT,
    LEAD,
    OFFICER,
    OWEN,
    REF,
    Offered,
    Staff,
    Worked,
    letter,
    pence,
    set_up,
    worked,
)
from tests.journeys.conftest import World
from tests.journeys.council import Figures, address, day, moment
from tests.journeys.invented import InventedCouncil
from tests.journeys.visitor import ticked

pytestmark = [pytest.mark.browser, pytest.mark.thorough]

# 20 days × £300 + travel £100 = £6,100.00, paid £3,050, £1,830 at half-time, the rest with the final report
BID = Offered(
    title="Reading fluency in Year 4",
    start=day("2027-01-11"),
    end=day("2027-05-28"),
    staff=(Staff("Deputy head", "DH1", 40, 300),),
    travel=10_000,
    asked=610_000,
)
TESS = "Tess Young"  # the school's business manager
INTERIM = {
    "Result 1: Phonics standard (%)": "66",
    "When was result 1 measured?": day("2027-03-12"),
    "What helped?": "Planning together on Tuesdays",
}
FINAL = {
    "Result 1: Phonics standard (%)": "67",
    "When was result 1 measured?": day("2027-05-27"),
    "What will you do next about result 1?": "Two more weeks of coaching",
    "Who will do it?": "The deputy head",
    "By when?": day("2027-10-29"),
    "Quality of teaching before the support": ticked("2: developing"),
    "Quality of teaching now": ticked("3: secure"),
    "Who judged the quality of teaching, and how?": "Both heads, in joint lesson visits",
    "What got in the way?": "Illness in April",
    "What did you learn? What would you do differently?": "Agree the days before the term begins.",
    "A summary that may be published": "Two schools worked on reading; 67% now meet the standard.",
}
FOLLOW_UP = {
    "Result 1: Phonics standard (%)": "74",
    "When was result 1 measured?": day("2028-05-19"),
    "What will you do next about result 1?": "Keep the weekly sessions",
    "Who will do it?": "The deputy head",
    "By when?": day("2028-10-27"),
    "What helped?": "Weekly sessions that went on",
}

WHY = "Why this rating? (needed where it is not the one worked out)"
INTERIM_DUE = """\
BRK-0001: your interim report is due by 20 March

Half of the support is nearly over. Your interim report on how it is going is due by 20 March 2027.

What you need to do
Enter where each outcome stands, and what helped or got in the way. The head sends it. The next share of \
your award is paid once we have accepted it.

/bids/BRK-0001
"""
INTERIM_ACCEPTED = """\
BRK-0001: we have accepted your interim report. We are about to pay £1,830

Thank you. We have accepted your interim report.

It is too early to rate what changed: the target date has not passed.

Our comment
  Going well: keep the Tuesdays.

What happens next
We check and pay the next share of your award, £1,830.00. The rest, up to £1,220.00, is paid for days and \
costs once your final report is accepted.

You don’t need to do anything now. Your final report is due by 28 June 2027.
/bids/BRK-0001
"""
LATE = """\
BRK-0001: your final report was due on 28 June

We have not had your final report. It was due on 28 June 2027.

What you need to do
Please send it now. You can save it and come back.

If something stands in the way, tell us by reply.
/bids/BRK-0001
"""
HELD = """\
BRK-0001: payments and your next bid wait for your final report

Your final report was due on 28 June 2027, and we have not had it. Until we have accepted it we pay no \
claim on this award, and your school can’t submit another bid.

The reason
  Three reminders had no answer.

What you need to do
Send the report now. If something stands in the way, tell us by reply.

/bids/BRK-0001
"""
FINAL_ACCEPTED = """\
BRK-0001: we have accepted your final report. Our rating is amber

Thank you. We have accepted your final report on what changed.

Our rating is amber: the results come part of the way to the targets.

We will agree a follow-up action with you.

What happens next
We check and pay what is still due on your award, £1,120.00. Then we close the bid, and tell you.

You don’t need to do anything now.
/bids/BRK-0001
"""
CORRECT = """\
BRK-0001: please correct your final report by 16 August

We accepted your final report on 30 July 2027. Something in it needs to be put right:
  The summary names a pupil.

What you need to do
Change the copy we made for you and send it by 16 August 2027. The report we accepted stays as it is \
until then.

/bids/BRK-0001
"""
FOLLOW_UP_ACCEPTED = """\
BRK-0001: we have accepted your follow-up report

Thank you. We have accepted your follow-up report.

Our rating is green: the results reach the targets, or come close.

Our comment
  It has lasted.

You don’t need to do anything now.
/bids/BRK-0001
"""


@pytest.mark.parametrize("javascript", [True, False], ids=["with", "without"])
def test_from_the_interim_report_to_the_follow_up(new_world: Callable[..., World], javascript: bool) -> None:
    world = new_world(moment("2027-01-04 10:00"))
    world.javascript = javascript
    with ExitStack() as closing:
        council = set_up(world, closing, BID)
        a_colleague_of_the_head(council)
        council.visitors[TESS] = council.visitor(TESS, address(TESS), phone=True)
        the_advance(council)
        the_interim_report(council)
        the_final_report_is_late(council)
        the_final_report(council)
        it_is_corrected(council)
        the_follow_up(council)
        assert not world.trouble


def a_colleague_of_the_head(council: InventedCouncil) -> None:
    with council.world.app.app_context():
        make = Make(db.session)  # type: ignore[arg-type]
        school = db.session.query(School).filter_by(name=LEAD).one()
        make.member(school, Standing.TEAM, name=TESS, email=address(TESS))
        db.session.commit()
        db.session.remove()


def the_advance(council: InventedCouncil) -> None:
    acts.accept_offer(council[HEAD], REF)
    council.at("2027-01-06 10:00")
    award_acts.certify(council[OFFICER], REF, "Claim 1: advance")
    award_acts.pay(council[OWEN], REF, "Claim 1: advance", "JNL 5001")
    assert pence(council) == Figures(19_950_000, 610_000, 305_000, 305_000, 19_340_000, 0)


def write(council: InventedCouncil, kind: str, answers: dict[str, object]) -> None:
    """The business manager writes; the head sends."""
    tess = council[TESS]
    tess.open(f"/bids/{REF}/impact")
    tess.press(f"Write the {kind} report")
    tess.answer(answers)  # type: ignore[arg-type]
    tess.press("Save")
    tess.reads("Saved.")


def send(council: InventedCouncil) -> None:
    head = council[HEAD]
    head.open(f"/bids/{REF}/impact")
    if head.page.get_by_role("link", name="Rate the support").count():  # with the final report
        award_acts.rate(head, REF)
    award_acts.send_report(head, REF)


def the_interim_report(council: InventedCouncil) -> None:
    council.at("2027-03-15 10:00")
    assert letter(council, HEAD) == INTERIM_DUE
    write(council, "interim", INTERIM)
    send(council)
    officer = council[IMPACT]
    officer.open("/impact")
    officer.reads("To check (1)", "Interim report, sent on 15 March 2027")
    officer.follow(REF)
    officer.reads("Phonics standard (%)", "44%", "Days planned")
    officer.answer({WHY: "Going well: keep the Tuesdays."})
    officer.press("Accept the interim report")
    council.at("2027-03-16 10:00")
    assert letter(council, HEAD) == INTERIM_ACCEPTED
    award_acts.certify(council[OFFICER], REF, "Claim 2: payment at half-time")
    award_acts.pay(council[OWEN], REF, "Claim 2: payment at half-time", "JNL 5002")
    assert pence(council) == Figures(19_950_000, 610_000, 488_000, 122_000, 19_340_000, 0)


def the_final_report_is_late(council: InventedCouncil) -> None:
    council.at("2027-05-29 00:30")
    council.at("2027-06-29 10:00")
    assert letter(council, HEAD) == LATE
    officer = council[IMPACT]
    officer.open("/work")
    officer.reads("Chase a late final report")
    officer.open("/impact")
    officer.reads("Late (1)", "1 working day late")
    officer.follow(REF)
    officer.sees_no_button("Hold payments and bids")
    council.at("2027-07-26 10:00")
    officer.open(f"/bids/{REF}/impact")
    officer.press("Hold payments and bids")
    officer.answer({"Why?": "Three reminders had no answer."})
    officer.press("Hold payments and bids")
    council.at("2027-07-27 10:00")
    assert letter(council, HEAD) == HELD


def the_final_report(council: InventedCouncil) -> None:
    days = [day(f"2027-02-{n:02}") for n in (*range(1, 6), *range(8, 13), *range(15, 20), *range(22, 27))]
    worked(council, [Worked("DH1", on) for on in days])
    council[HEAD].open(f"/bids/{REF}/money")
    council[HEAD].reads("Payments are blocked", "A report is overdue Blocked Three reminders had no answer.")
    write(council, "final", FINAL)
    send(council)
    council.at("2027-07-30 10:00")
    award_acts.accept_report(council[IMPACT], REF)
    council.at("2027-08-02 10:00")
    assert letter(council, HEAD) == FINAL_ACCEPTED
    award_acts.certify(council[OFFICER], REF, "Claim 3: last payment")
    award_acts.pay(council[OWEN], REF, "Claim 3: last payment", "JNL 5003")
    assert pence(council) == Figures(19_950_000, 600_000, 600_000, 0, 19_350_000, 0)


def it_is_corrected(council: InventedCouncil) -> None:
    officer = council[IMPACT]
    officer.open(f"/bids/{REF}/report/steps/correct")
    officer.answer({"What is to be corrected?": "The summary names a pupil."})
    officer.press("Ask for a corrected version")
    council.at("2027-08-03 10:00")
    assert letter(council, HEAD) == CORRECT
    write(council, "final", {"A summary that may be published": "Two schools worked on reading."})
    send(council)
    council.at("2027-08-04 10:00")
    award_acts.accept_report(officer, REF)
    officer.open(f"/bids/{REF}/impact")
    officer.reads("Two schools worked on reading.")
    officer.follow("Version 1, accepted on 30 July 2027")
    officer.reads("A later version corrects it.", "67% now meet the standard.")


def the_follow_up(council: InventedCouncil) -> None:
    council.at("2028-05-22 10:00")
    write(council, "follow-up", FOLLOW_UP)
    send(council)
    officer = council[IMPACT]
    officer.open(f"/bids/{REF}/impact")
    officer.press("Accept the follow-up report")
    officer.answer({WHY: "It has lasted."})
    officer.press("Accept the follow-up report")
    council.at("2028-05-23 10:00")
    assert letter(council, HEAD) == FOLLOW_UP_ACCEPTED
    assert pence(council) == Figures(19_950_000, 600_000, 600_000, 0, 19_350_000, 0)
