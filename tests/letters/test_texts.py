"""Every letter of every step, rendered for a real bid: an undefined name is an error."""

import re
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.orm import object_session
from sqlalchemy.orm.attributes import set_committed_value

from fundflow.letters import write_for_step
from fundflow.letters.addressee import Addressee
from fundflow.letters.rendering import FOLDER, environment
from fundflow.letters.writing import write_letter
from fundflow.models.adviser import AdviserVisit
from fundflow.models.bid import Bid
from fundflow.models.bid_parts import Part, Partner
from fundflow.models.board import BoardPaper, Recommendation
from fundflow.models.brokering import Expertise, SupportRequest
from fundflow.models.case_study import CaseConsent, CaseStudy
from fundflow.models.caseload import Concern
from fundflow.models.change import ChangeAnswer, ChangeRequest
from fundflow.models.condition import AwardCondition
from fundflow.models.confirmation import Approval
from fundflow.models.data_protection import DataComplaint
from fundflow.models.data_removal import DataRemoval, RemovalBid
from fundflow.models.day_log import DaysAsk
from fundflow.models.earned_correction import EarnedCorrection
from fundflow.models.follow_up import FollowUp
from fundflow.models.history import HistoryEntry
from fundflow.models.letter import Letter
from fundflow.models.minutes import Minutes
from fundflow.models.named_person import NamedPerson
from fundflow.models.opening import Opening, OpeningAward
from fundflow.models.payee import Payee, PayeeBatch
from fundflow.models.payment import Claim, ClaimKind
from fundflow.models.payment_block import BlockKind, PaymentBlock
from fundflow.models.payment_run import Outcome, PaymentRun, RunLine
from fundflow.models.person import RoleName, User
from fundflow.models.plan import RevisedPlan
from fundflow.models.practice import PracticeEntry
from fundflow.models.provider import DUE_DILIGENCE, Provider
from fundflow.models.quality_check import CheckRating, QualityCheck
from fundflow.models.recovery import Ground, Recovery
from fundflow.models.reversal import Reversal
from fundflow.models.review import Query
from fundflow.models.service import ServiceOrder
from fundflow.models.survey import Survey
from fundflow.models.visit import Visit
from fundflow.workflow.application import BidState
from fundflow.workflow.change_request import ChangeState
from fundflow.workflow.engine import Step
from fundflow.workflow.inputs import Input, Kind
from fundflow.workflow.order import OrderState
from fundflow.workflow.processes import PROCESSES
from fundflow.workflow.quality_check import Stage
from fundflow.workflow.survey import SurveyState
from tests.factories import NOW, TODAY, Make
from tests.scenes import scene

OUTSIDE = (
    "school",
    "preparer",
    "lead_head",
    "partners",
    "partner",
    "provider",
    "supported",
    "approver",
    "named_schools",
)
# What is given to a step, by the input's kind, or by its name where the step's own page asks for it.
SAMPLE_OF = {
    Kind.LINE: "Some words.",
    Kind.TEXT: "Some words.",
    Kind.DATE: date(2026, 12, 2),
    Kind.AMOUNT: 300_000,
    Kind.TICK: True,
    Kind.PAGE: "Some words.",
}
SAMPLES: dict[str, Any] = {
    "answer_by": date(2026, 12, 2),
    "amount": 300_000,
    "questions": [("Costs", "Why so much?")],
    "changes": ["Contact. Name: “Sam” → “Samira”"],
    "meeting": 7,
    "rag": "green",
    "paid": 35_000,
    "gross": 42_000,
    "days": ["2026-11-20 RL1 2/2 Coaching"],
}

ASK = "Do you have a question? Reply to this email or call 01632 960 123 (The fund’s team)."


def named(step: Step) -> str:
    return f"{step.name}-from-{step.sources[0].value}"


pytestmark = pytest.mark.one_database


def a_bid_to_write_about(make: Make) -> Bid:
    """A bid with everything a letter may speak of."""
    provider = make.school("Provider School")
    make.member(provider)
    bid = make.bid(state=BidState.IN_MONITORING, lead=make.school("Lead School"), provider=provider)
    other = make.school("Supported School")
    make.member(other)
    bid.partners.append(Partner(school=other, part=Part.SUPPORTED))
    bid.queries = [Query(batch=1, section="costs", question="Why so much?", asked_at=NOW)]
    bid.approvals = [
        Approval(
            name="Chris Governor",
            email="chair@school.example",
            role="governors",
            asked_at=NOW,
            due_on=TODAY + timedelta(days=14),
        )
    ]
    bid.fund.contact_name, bid.fund.contact_email = "The fund’s team", "team@council.example"
    bid.fund.contact_phone = "01632 960 123"
    bid.offer.conditions = "Share the plan by January."
    claim = Claim(school=bid.lead_school, number=1, kind=ClaimKind.BACKFILL, pence=35_000, created_at=NOW)
    bid.claims = [claim]
    make.worked_day(bid, claim=claim)
    make.panel(bid.fund)
    for role in (RoleName.FINANCE, RoleName.IMPACT_OFFICER, RoleName.CLERK, RoleName.ADMINISTRATOR):
        make.staff(role)
    make.session.flush()
    return bid


bid = scene(a_bid_to_write_about)


def record_of(process: str, bid: Bid) -> Any:
    return {
        "application": bid,
        "confirmation": bid.confirmations[0],
        "approval": bid.approvals[0],
        "named_person": named_in(bid),
        "meeting": bid.items[-1].meeting,
        "plan": plan_of(bid),
        "claim": bid.claims[0],
        "payment_block": block_of(bid),
        "change_request": change_of(bid),
        "recovery": recovery_of(bid),
        "payment_run": run_of(bid),
        "reversal": reversal_of(bid),
        "days_ask": asked_about_days(bid),
        "impact_return": bid.report,
        "follow_up": follow_up_of(bid),
        "feedback": bid.feedback[0],
        "case_study": study_of(bid),
        "visit": visit_of(bid),
        "quality_check": check_of(bid),
        "provider": provider_for(bid),
        "condition": condition_of(bid),
        "minutes": Minutes(id=1, meeting=bid.items[-1].meeting),
        "board_paper": paper_of(bid),
        "recommendation": recommendation_of(bid),
        "data_complaint": complaint_of(bid),
        "data_removal": removal_of(bid),
        "support_request": support_request_of(bid),
        "adviser_visit": adviser_visit_of(bid),
        "concern": concern_of(bid),
        "payee": payee_of(bid),
        "payee_batch": batch_of(bid),
        "opening": opening_of(bid),
        "earned_correction": correction_of(bid),
        "order": order_of(bid),
        "survey": survey_of(bid),
        "practice": practice_of(bid),
    }[process]


def study_of(bid: Bid) -> CaseStudy:
    study = CaseStudy(id=1, title="Phonics for every class", suggestion="Say more about the training.")
    study.consents = [CaseConsent(school=bid.lead_school)]
    session = object_session(bid)
    assert session is not None
    set_committed_value(study, "bid", bid)
    set_committed_value(study, "drafted_by", session.scalars(select(User).order_by(User.id)).first())
    return study


def paper_of(bid: Bid) -> BoardPaper:
    return BoardPaper(
        id=1,
        fund=bid.fund,
        starts_on=date(2026, 9, 1),
        ends_on=date(2026, 12, 31),
        drawn_at=NOW,
        contact="The team",
    )


def complaint_of(_bid: Bid) -> DataComplaint:
    return DataComplaint(
        id=1, name="Una Reed", email="una@example.org", text="My address was shown.", received_at=NOW
    )


def removal_of(bid: Bid) -> DataRemoval:
    listed = RemovalBid(bid=bid, kept="keep_refused_years", ended_on=NOW.date(), until=NOW.date())
    return DataRemoval(id=1, proposed_at=NOW, bids=[listed])


def recommendation_of(bid: Bid) -> Recommendation:
    session = object_session(bid)
    assert session is not None
    owner = session.scalars(select(User).order_by(User.id)).first()
    return Recommendation(
        id=1,
        fund=bid.fund,
        body="Schools forum",
        what="Tell every school of the next round.",
        owner=owner,
        owner_role="The liaison officer",
        due_on=date(2027, 3, 12),
    )


def change_of(bid: Bid) -> ChangeRequest:
    """Less money and a later end, entered by the officer; its provider is asked."""
    session = object_session(bid)
    assert session is not None
    assert bid.end_on is not None
    found = session.scalar(select(ChangeRequest))
    if found is None:
        found = ChangeRequest(
            bid=bid,
            number=1,
            award=bid.award,
            state=ChangeState.WITH_SCHOOLS,
            by_council=True,
            old_end_on=bid.end_on,
            end_on=bid.end_on + timedelta(days=30),
            pence=200_000,
            why="The leader was ill.",
            asked_at=NOW,
            waits_since=NOW,
            asked_by=bid.created_by,
            answers=[ChangeAnswer(school=bid.providers[0])],
        )
        session.add(found)
        session.flush()
    return found


def follow_up_of(bid: Bid) -> FollowUp:
    action = FollowUp(id=1, bid=bid, what="Train the new teaching assistants", owner="deputy head")
    action.due_on, action.asked_at, action.asked_by, action.changed_at = TODAY, NOW, bid.created_by, NOW
    action.note = "The training is booked."
    return action


def check_of(bid: Bid) -> QualityCheck:
    return QualityCheck(
        id=1,
        bid=bid,
        stage=Stage.MIDWAY,
        due_on=TODAY,
        rating=CheckRating.RED,
        found="Two of four sessions were missed.",
        action="Send another coach",
        owner="head of the provider",
        action_due_on=TODAY,
        done_note="A new coach began on Monday.",
        again_found="Four good sessions.",
    )


def provider_for(bid: Bid) -> Provider:
    provider = Provider(id=1, fund_id=bid.fund_id, name="Bright Learning Ltd", contact_name="Bea Bright")
    set_committed_value(provider, "fund", bid.fund)
    provider.contact_email, provider.proposed_by_id = "bea@bright.example", 1
    for name in DUE_DILIGENCE:
        setattr(provider, f"{name}_seen_on", TODAY)
        setattr(provider, f"{name}_due_on", TODAY)
    return provider


def visit_of(bid: Bid) -> Visit:
    visit = Visit(id=1, bid=bid, school=bid.providers[0], school_id=bid.providers[0].id, half_days=1)
    visit.planned_on = visit.visited_on = TODAY
    visit.purpose, visit.planned_at, visit.planned_by = "See the reading lessons", NOW, bid.created_by
    visit.note, visit.shared, visit.teaching_note = "Calm and focused lessons.", True, "Clear modelling."
    return visit


def plan_of(bid: Bid) -> RevisedPlan:
    plan = RevisedPlan(id=1, bid=bid, proposed_at=NOW)
    set_committed_value(
        plan, "offer", bid.offer
    )  # the offer knows nothing of it, as it is not in the session
    return plan


def block_of(bid: Bid) -> PaymentBlock:
    block = PaymentBlock(id=1, bid=bid, kind=BlockKind.REPORT, put_at=NOW, put_by=bid.created_by)
    block.reason = "Send the interim report first."
    return block


def asked_about_days(bid: Bid) -> DaysAsk:
    """What a head without an account is asked about days of the log."""
    session = object_session(bid)
    assert session is not None
    found = session.scalar(select(DaysAsk))
    if found is None:
        head = {"name": "Jo Head", "email": "jo@provider.example"}
        found = DaysAsk(bid=bid, school=bid.providers[0], day_ids=[1], asked_at=NOW, **head)
        session.add(found)
        session.flush()
    return found


def named_in(bid: Bid) -> NamedPerson:
    """An officer whom the bid names as its contact."""
    if not bid.named_people:
        officer = User(name="Olu Officer", email="olu@council.example", created_at=NOW)
        bid.named_people = [NamedPerson(user=officer, named_as="its contact", named_at=NOW)]
    return bid.named_people[0]


def condition_of(bid: Bid) -> AwardCondition:
    """A condition of the bid's award."""
    session = object_session(bid)
    assert session is not None
    condition = AwardCondition(
        bid=bid,
        decision=bid.offer.decision,
        text="Share the plan",
        owner="Head of English",
        due_on=TODAY,
        changed_at=NOW,
    )
    session.add(condition)
    session.flush()
    return condition


def support_request_of(bid: Bid) -> SupportRequest:
    """The request for support that became this bid, after a school was proposed."""
    session = object_session(bid)
    assert session is not None
    found = session.scalar(select(SupportRequest))
    if found is None:
        found = SupportRequest(
            school=bid.lead_school,
            fund=bid.fund,
            expertise=Expertise.MATHS,
            need="Maths fell.",
            draft=bid,
            half_days=12,
            asked_at=NOW,
            state_since=NOW,
            asked_by=bid.created_by,
            proposed_why="Near.",
            proposed_school=bid.providers[0],
        )
        session.add(found)
        session.flush()
    return found


def practice_of(bid: Bid) -> PracticeEntry:
    """An entry of the bid's lead school."""
    session = object_session(bid)
    assert session is not None
    found = session.scalar(select(PracticeEntry))
    return found or Make(session).practice_entry(bid.fund, bid.lead_school, by=bid.created_by)


def concern_of(bid: Bid) -> Concern:
    """A concern about the bid's lead school."""
    session = object_session(bid)
    assert session is not None
    found = session.scalar(select(Concern))
    return found or Make(session).concern(bid.fund, bid.lead_school, bid.created_by)


def adviser_visit_of(bid: Bid) -> AdviserVisit:
    """A visit to the bid's lead school, recorded after one that was missed."""
    session = object_session(bid)
    assert session is not None
    found = session.scalar(select(AdviserVisit).where(AdviserVisit.makes_up_for_id.is_not(None)))
    if found is None:
        make = Make(session)
        allocation = make.adviser_allocation(make.adviser(bid.fund), bid.lead_school)
        missed = make.adviser_visit(allocation, planned_on=TODAY)
        found = make.adviser_visit(
            allocation,
            number=None,
            makes_up_for=missed,
            planned_on=TODAY,
            visited_on=TODAY,
            purpose="See lessons.",
            note="Seen.",
            actions=[{"what": "Plan together", "owner": "Maths lead", "due_on": "2026-12-11"}],
        )
    return found


def payee_of(bid: Bid) -> Payee:
    """The payee of the bid's lead school, which the factory made."""
    session = object_session(bid)
    assert session is not None
    return session.scalars(select(Payee).where(Payee.school_id == bid.lead_school_id)).one()


def recovery_of(bid: Bid) -> Recovery:
    """What the school was paid and did not earn, asked back."""
    return Recovery(
        id=1,
        bid=bid,
        school=bid.lead_school,
        school_id=bid.lead_school_id,
        number=1,
        ground=Ground.NOT_EARNED,
        pence=14_000,
        opened_at=NOW,
        due_on=TODAY + timedelta(days=30),
        claim=bid.claims[0],
    )


def run_of(bid: Bid) -> PaymentRun:
    """A run of that claim alone."""
    session = object_session(bid)
    assert session is not None
    run = session.scalar(select(PaymentRun))
    if run is None:
        run = PaymentRun(
            fund=bid.fund,
            number=1,
            layout_name="Plain CSV",
            layout="{}",
            gathered_at=NOW,
            gathered_by=bid.created_by,
            size=1,
            pence=35_000,
            lines=[RunLine(number=1, claim=bid.claims[0], pence=35_000, outcome=Outcome.WAITING)],
        )
        session.add(run)
        session.flush()
    return run


def reversal_of(bid: Bid) -> Reversal:
    """The payment of that claim, which came back."""
    return Reversal(
        id=1,
        bid=bid,
        claim=bid.claims[0],
        pence=35_000,
        reason="Account closed",
        requested_at=NOW,
        requested_by=bid.created_by,
        paid_at=NOW,
        payee_name=bid.lead_school.name,
        payee_urn=bid.lead_school.urn,
        payment_reference="BACS 1",
    )


def batch_of(bid: Bid) -> PayeeBatch:
    """A file with that payee alone."""
    payee = payee_of(bid)
    session = object_session(bid)
    assert session is not None
    batch = PayeeBatch(name="payees.csv", size=1, proposed_at=NOW, proposed_by=payee.proposed_by)
    session.add(batch)
    session.flush()
    set_committed_value(batch, "payees", [payee])  # its own batch never changes
    return batch


def opening_of(bid: Bid) -> Opening:
    """An award already running, which its finance is to confirm."""
    session = object_session(bid)
    assert session is not None
    opening = Opening(fund=bid.fund, name="awards.csv", size=1, entered_at=NOW, entered_by=bid.created_by)
    opening.awards = [
        OpeningAward(
            school=bid.lead_school,
            title="Reading support",
            start_on=NOW.date(),
            end_on=NOW.date(),
            minute_reference="SF/12",
            minuted_on=NOW.date(),
            pence=35_000,
            up_to=NOW.date(),
            held=[],
        )
    ]
    session.add(opening)
    session.flush()
    return opening


def correction_of(bid: Bid) -> EarnedCorrection:
    """Of what was earned on the first line of its award before it was entered."""
    line = next(line for line in bid.award.lines if line.is_days)
    return EarnedCorrection(
        id=1,
        bid=bid,
        line=line,
        was=5,
        half_days=-1,
        reason="Misread",
        asked_at=NOW,
        asked_by=bid.created_by,
    )


def order_of(bid: Bid) -> ServiceOrder:
    """An order of the lead school for three years, with a proposal to end after the first."""
    session = object_session(bid)
    assert session is not None
    found = session.scalar(select(ServiceOrder))
    if found is None:
        make = Make(session)
        found = make.order(
            make.service(bid.fund, bid.providers[0]),
            bid.lead_school,
            OrderState.IN_TERM,
            id=1,
            by=bid.created_by,
            proposed_at=NOW,
            proposed_by_school=True,
            proposed_ends_on=date(2028, 3, 31),
            proposed_why="Less money.",
        )
    return found


def survey_of(bid: Bid) -> Survey:
    """An open survey of the bid's schools, which nobody has answered."""
    session = object_session(bid)
    assert session is not None
    found = session.scalar(select(Survey))
    if found is None:
        named = {"document_name": "The plan", "document_url": "https://council.example/plan.pdf"}
        make = Make(session)
        found = make.survey(bid.fund, SurveyState.OPEN, *bid.schools, id=1, by=bid.created_by, **named)
    return found


def entry_for(make: Make, process: str, step: Step, record: Any) -> HistoryEntry:
    return make.history(
        record,
        step.name,
        label=step.past,
        by="Pat Officer",
        process=process,
        before=step.sources[0].value,
        reason="First line.\nSecond line.",
    )


# What an operation works out and gives a step beside what is asked.
WORKED_OUT: dict[str, dict[str, Any]] = {
    "accept": {"again_on": date(2028, 1, 15)},
    "accept_interim": {"pays_share": True},
    "finish_delivery": {"rate_by": date(2027, 6, 16)},
    "reach_end_date": {"rate_by": date(2027, 6, 16)},
    "begin": {"lapsed": "From 1 April 2027 the quantity is 2, not 1."},
    "call_off": {"proposal": "The order is cancelled before its term begins on 1 April 2027."},
    "accept_change": {"proposal": "The order ends on 31 March 2028."},
    "refuse_change": {"proposal": "The order ends on 31 March 2028."},
    "take_back_change": {"proposal": "The order ends on 31 March 2028."},
}


def given_for(step: Step) -> dict[str, Any]:
    return {i.name: sample_of(i) for i in step.asks_for} | WORKED_OUT.get(step.name, {})


def sample_of(wanted: Input) -> Any:
    sample = SAMPLE_OF[wanted.kind]
    return SAMPLES.get(wanted.name, sample) if wanted.kind is Kind.PAGE else sample


@pytest.mark.parametrize("process", PROCESSES)
def test_every_letter_of_every_step_says_what_it_must(
    make: Make, bid: Bid, subtests: pytest.Subtests, process: str
) -> None:
    record = record_of(process, bid)
    who = Addressee("Sam Reader", "sam@reader.example", make.user("Sam Reader"))
    for step in PROCESSES[process].steps:
        entry = entry_for(make, process, step, record)
        for recipient in step.emails:
            with subtests.test(step=named(step), recipient=recipient):
                letter = write_letter(
                    f"{process}/{step.name}.txt",
                    recipient,
                    who,
                    key=f"{named(step)}:{recipient}",
                    now=NOW,
                    bid=record.bid,
                    context={
                        "record": record,
                        "step": step,
                        "given": given_for(step),
                        "reason": "Some words.",
                        "entry": entry,
                    },
                )
                says_what_it_must(letter, process, step, bid)


def says_what_it_must(letter: Letter, process: str, step: Step, bid: Bid) -> None:
    whole = letter.subject + letter.body
    without_bid = {
        "meeting": "Panel meeting on 18 November",
        "minutes": "Minutes of 18 November",
        "board_paper": "Report to the board, 31 December",
        "recommendation": "Recommendation, 12 March",
        "data_complaint": "Data complaint DP-1: ",
        "data_removal": "Personal data ",
        "support_request": "Request for support, ",
        "adviser_visit": "Adviser’s visit: ",
        "concern": "Lead School: a concern ",
        "payee": "Payee of Lead School: ",
        "payee_batch": "Payees from payees.csv: ",
        "opening": "Awards already running, awards.csv: ",
        "payment_run": f"{bid.fund.prefix}-RUN-1: ",
        "order": "SO-1, ",
        "survey": "SV-1: ",
        "provider": "Bright Learning Ltd",
        "practice": "Good practice: ",
    }
    reference = without_bid.get(process, bid.reference)
    assert letter.subject.startswith(reference)
    assert len(letter.subject) < 120
    assert letter.body.startswith("Dear Sam Reader\n\n")
    assert "\n\n\n" not in letter.body
    assert ASK in letter.body
    assert letter.reply_to == "team@council.example"
    if letter.bid_id:
        assert f" {bid.officer_name} looks after this bid." in letter.body
    assert "{" not in whole
    assert "None" not in whole
    if (process, step.name) != ("approval", "cancel"):
        assert "http://fund.example/" in letter.body


@pytest.mark.parametrize("process", PROCESSES)
def test_every_step_writes_to_somebody(make: Make, bid: Bid, subtests: pytest.Subtests, process: str) -> None:
    record = record_of(process, bid)
    for step in PROCESSES[process].steps:
        with subtests.test(step=named(step)):
            written = write_for_step(record, step, entry_for(make, process, step, record), given_for(step))
            assert written
            assert len({letter.email for letter in written}) == len(written)


@pytest.mark.parametrize("process", PROCESSES)
def test_every_file_is_a_step_and_every_block_a_recipient(process: str) -> None:
    wanted: dict[str, set[str]] = {}
    for step in PROCESSES[process].steps:
        blocks = {name for r in step.emails for name in (r, f"{r}_subject")}
        wanted.setdefault(f"{step.name}.txt", set()).update(blocks)
    found = {
        path.name: set(environment().get_template(f"{process}/{path.name}").blocks)
        for path in (FOLDER / process).glob("*.txt")
    }
    assert found == wanted


def outside_blocks() -> list[tuple[str, str]]:
    return [
        (str(path.relative_to(FOLDER)), block)
        for path in sorted(Path(FOLDER).rglob("*.txt"))
        for block in re.findall(r"{%-? block (\w+)", path.read_text())  # to compile them here takes a second
        if block.removesuffix("_subject") in OUTSIDE
    ]


@pytest.mark.parametrize(("file", "block"), outside_blocks())
def test_letters_to_schools_never_name_scores_votes_or_the_review(file: str, block: str) -> None:
    source = (FOLDER / file).read_text()
    text = source.split(f"{{% block {block} %}}")[1].split("{% endblock %}")[0].lower()
    for word in ("score", "vote", "tally", "interest", "bid.review ", "bid.review.", "recommend"):
        assert word not in text


def test_the_subject_of_an_offer_says_reference_amount_and_deadline(make: Make) -> None:
    bid = make.bid(state=BidState.OFFERED)
    step = bid.workflow.find("approve", BidState.AT_PANEL)
    letters = write_for_step(bid, step, make.history(bid), {"reasons": "A clear need."})
    assert letters[0].subject == f"{bid.reference}: we can offer you £3,000. Reply by 9 December"


def test_a_panel_member_is_not_sent_what_they_are_barred_from(make: Make) -> None:
    bid = make.bid(state=BidState.AT_PANEL)
    meeting = bid.items[-1].meeting
    other = make.bid(state=BidState.SUBMITTED, fund=bid.fund)
    make.item(other, meeting)
    seat = make.seat(bid.fund, school=bid.lead_school)
    step = meeting.workflow.steps[0]
    entry = entry_for(make, "meeting", step, meeting)
    letter = next(
        letter for letter in write_for_step(meeting, step, entry, {}) if letter.user_id == seat.user_id
    )
    assert other.reference in letter.body
    assert bid.reference not in letter.body


def test_a_partner_without_an_account_answers_by_a_link_and_needs_none(make: Make) -> None:
    bid = make.bid(state=BidState.SUBMITTED)
    step = bid.workflow.steps[0]
    letters = write_for_step(bid, step, make.history(bid), {"agreement": True})
    provider = next(letter for letter in letters if letter.recipient == "provider")
    assert provider.email == "head@provider.example"
    assert (provider.asked_process, provider.asked_id) == ("confirmation", bid.confirmations[0].id)
    assert "You don’t need an account to answer." in provider.body
    assert "[one-time link]" in provider.body
    assert "http" not in provider.body


def test_a_partner_without_an_account_is_told_how_to_get_one_where_nothing_is_asked(make: Make) -> None:
    bid = make.bid(state=BidState.OFFERED)
    step = bid.workflow.find("approve", BidState.AT_PANEL)
    letters = write_for_step(bid, step, make.history(bid), {"reasons": "A clear need."})
    provider = next(letter for letter in letters if letter.recipient == "provider")
    assert "To open this page you need an account." in provider.body


def test_the_approvers_stored_letter_holds_no_link(make: Make) -> None:
    bid = make.bid(state=BidState.SUBMITTED)
    bid.approvals = [
        Approval(name="Chris", email="c@x.example", role="governors", asked_at=NOW, due_on=TODAY)
    ]
    make.session.flush()
    write_for_step(bid, bid.workflow.steps[0], make.history(bid), {"agreement": True})
    letter = make.session.scalars(select(Letter).where(Letter.recipient == "approver")).one()
    assert "[one-time link]" in letter.body
    assert "http" not in letter.body


@pytest.mark.parametrize("name", ["accounts/sign_in.txt", "accounts/invitation.txt"])
def test_letters_about_accounts_render(make: Make, name: str) -> None:
    user = make.user()
    letter = write_letter(
        name,
        "user",
        Addressee(user.name, user.email, user),
        key=name,
        now=NOW,
        context={"by": user, "places": ["Head, Oakfield Academy"]},
    )
    assert "\n\n\n" not in letter.body
    assert ("You are: Head, Oakfield Academy." in letter.body) is ("invitation" in name)
    assert letter.outside
