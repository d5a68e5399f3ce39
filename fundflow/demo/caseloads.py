"""The demonstration's caseloads: challenge and traded schools, concerns in each state, and reviews of terms."""

from collections.abc import Iterator
from datetime import datetime

from fundflow.demo.school_stories import PHONICS, READING
from fundflow.demo.told import Told
from fundflow.models.area import Tier
from fundflow.models.caseload import Caseload, ConcernKind, ReviewOutcome, TermReview
from fundflow.models.person import RoleName
from fundflow.schools.area_queries import tiers_of
from fundflow.schools.caseload_queries import newest
from fundflow.schools.operations import caseloads, concerns
from fundflow.workflow.working_days import london_date, months_after

BRINGS = (
    "A visit each autumn. The school may support others.",
    "A visit each term and a place in a cluster.",
    "Two visits each term, a two-year target and brokered support.",
    "A visit every fortnight, a support plan and a board of its own.",
)
CASELOADS = (
    ("899018", Caseload.CHALLENGE, "Results fell two years running."),
    ("899014", Caseload.CHALLENGE, "The inspection asked for urgent improvement."),
    ("899015", Caseload.TRADED, "The school buys its improvement partner."),
    ("899009", Caseload.TRADED, "The school buys governor support."),
)
# School, days ago, outcome, tier, note; earlier terms by their days.
REVIEWS = (
    ("899018", 230, ReviewOutcome.CONFIRMED, None, "The new head knows what to do. Results are to come."),
    ("899018", 110, ReviewOutcome.RAISED, Tier.INTENSIVE, "Reading fell again. The plan has no owner."),
    ("899001", 110, ReviewOutcome.CONFIRMED, None, "Phonics improves as planned."),
    ("899001", 5, ReviewOutcome.CONFIRMED, None, "Phonics is taught every day."),
)


def told_caseloads(told: Told) -> tuple[Iterator[datetime], ...]:
    fund = told.fund
    fund.keeps_caseloads = True
    for number, text in enumerate(BRINGS, 1):
        setattr(fund, f"tier_{number}_brings", text)
    fund.concern_floors = f"{PHONICS}: 65\n{READING}: 60"
    fund.concern_outcomes = ["report_card:Urgent improvement", "judgements:Inadequate"]
    return (_caseloads(told), _reviews(told), _open(told), _ended(told), _focus(told))


def _caseloads(told: Told) -> Iterator[datetime]:
    officer = told.people.staff(RoleName.OFFICER)
    yield (now := told.at(-250))
    for urn, caseload, reason in CASELOADS:
        caseloads.record_caseload(
            told.people.school(urn),
            told.fund,
            caseload=caseload,
            officer=None,
            reason=reason,
            from_on=london_date(now),
            latest=0,
            user=officer,
            now=now,
        )


def _reviews(told: Told) -> Iterator[datetime]:
    officer = told.people.staff(RoleName.OFFICER)
    for urn, days, outcome, tier, note in sorted(REVIEWS, key=lambda row: -row[1]):
        yield (now := told.at(-days))
        school = told.people.school(urn)
        last, tiers = newest(TermReview, school, told.fund), tiers_of(school)
        caseloads.record_review(
            school,
            told.fund,
            reviewed_on=london_date(now),
            outcome=outcome,
            tier=tier,
            note=note,
            latest=last.id if last else 0,
            latest_tier=tiers[0].id if tiers else 0,
            user=officer,
            now=now,
        )


def _open(told: Told) -> Iterator[datetime]:
    """Reviewed once, and due again in a week."""
    officer = told.people.staff(RoleName.OFFICER)
    yield (now := told.at(-120))
    concern = concerns.raise_concern(
        told.people.school("899018"),
        told.fund,
        kind=ConcernKind.FLOOR,
        reason="Reading lies twelve points below the floor.",
        review_on=months_after(london_date(now), 3),
        user=officer,
        now=now,
    )
    yield (now := told.at(-50))
    concerns.review(
        concern,
        found="The teaching of reading is better. The figures are not yet.",
        review_on=london_date(told.after(7)),
        user=officer,
        now=now,
        version=None,
    )


def _ended(told: Told) -> Iterator[datetime]:
    officer = told.people.staff(RoleName.OFFICER)
    yield (now := told.at(-200))
    concern = concerns.raise_concern(
        told.people.school("899015"),
        told.fund,
        kind=ConcernKind.JUDGEMENT,
        reason="Three of five governors left in a term.",
        review_on=months_after(london_date(now), 4),
        user=officer,
        now=now,
    )
    yield (now := told.at(-90))
    concerns.end(concern, reason="All places on the board are filled.", user=officer, now=now, version=None)


def _focus(told: Told) -> Iterator[datetime]:
    officer = told.people.staff(RoleName.OFFICER)
    yield (now := told.at(-45))
    caseloads.record_focus(
        told.people.school("899003"),
        told.fund,
        focus="Attendance of the group, and each plan’s targets.",
        review_on=london_date(told.after(20)),
        latest=0,
        user=officer,
        now=now,
    )
