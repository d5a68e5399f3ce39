"""What went wrong with the demonstration's money, and how it is put right: each state that a payment, a payee
or a change of an award can be left in."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from sqlalchemy import select

from fundflow.demo.filling import school_day_before
from fundflow.demo.payees import usual
from fundflow.demo.runs import export_run, gather
from fundflow.demo.told import Told
from fundflow.extensions import db
from fundflow.models.bid import Bid
from fundflow.models.condition import AwardCondition
from fundflow.models.payment import Claim
from fundflow.models.person import RoleName, User
from fundflow.panel.operations.conditions import waive_condition
from fundflow.payments import changes, reversals
from fundflow.payments.changes import Wanted
from fundflow.payments.payees import operations as payees
from fundflow.payments.runs import operations as runs
from fundflow.rules.panel.sittings import sitting_of
from fundflow.rules.payees import payee_on
from fundflow.rules.reversals import reversals_of
from fundflow.workflow.working_days import london_date, months_after

ORACY, READING, ROUTINES = (
    "Oracy across the curriculum",
    "Reading in every subject",
    "Behaviour routines across two sites",
)
MIXED_AGE, CURRICULUM = "Mixed-age mathematics", "Curriculum leadership in small schools"
SPARE, OTHER_SPARE = "899016", "899013"  # schools that no award pays


def put_right(told: Told) -> tuple[Iterator[datetime], ...]:
    """Each in its time."""
    return (
        _bounced(told),
        _waits(told),
        _stands(told),
        _too_early(told),
        _payees(told),
        _condition(told),
        _withdrawn(told),
        _entered_by_the_officer(told),
    )


def _finance(told: Told) -> tuple[User, User]:
    owen, fatima = (told.people.staff(RoleName.FINANCE, n) for n in (0, 1))
    return owen, fatima


def _first_claim(told: Told, title: str) -> Claim:
    return min(told.bids[title].claims, key=lambda claim: claim.number)


def _ask(told: Told, title: str, reason: str, user: User, now: datetime) -> None:
    claim = _first_claim(told, title)
    reversals.request(claim, reason=reason, user=user, now=now, version=claim.version)


def _bounced(told: Told) -> Iterator[datetime]:
    """A payment came back and is reversed; it goes out again in a run that waits for its answer."""
    owen, fatima = _finance(told)
    yield (now := told.at(-15, 11))
    _ask(told, ORACY, "The bank sent it back: the trust’s account was closed.", owen, now)
    yield (now := told.at(-13, 11))
    (reversal,) = reversals_of(_first_claim(told, ORACY))
    reversals.approve(reversal, user=fatima, now=now, version=reversal.version)
    yield (now := told.at(-13, 13))
    export_run(told, now)


def _waits(told: Told) -> Iterator[datetime]:
    """Another reversal waits for Owen Clarke."""
    yield (now := told.at(-1, 11))
    reason = "It was marked as paid on the wrong claim. The finance system has no payment of this reference."
    _ask(told, MIXED_AGE, reason, _finance(told)[1], now)


def _stands(told: Told) -> Iterator[datetime]:
    """A third was refused: the payment had arrived."""
    owen, fatima = _finance(told)
    yield (now := told.at(-5, 11))
    _ask(told, READING, "The trust says that it has not arrived.", fatima, now)
    yield (now := told.at(-4, 11))
    (reversal,) = reversals_of(_first_claim(told, READING))
    reason = "It is on the bank statement of 16 November. The trust has found it."
    reversals.refuse(reversal, reason=reason, user=owen, now=now, version=reversal.version)


def _too_early(told: Told) -> Iterator[datetime]:
    """A run that was gathered with the old layout and cancelled."""
    owen, _ = _finance(told)
    yield (now := told.at(-6, 15))
    run = gather(told, owen, now)
    reason = "Gathered before the new cost centres were in. We gather again on Monday."
    runs.cancel(run, reason=reason, user=owen, now=now + timedelta(minutes=9), version=run.version)


def _payees(told: Told) -> Iterator[datetime]:
    """One is ended, one refused, and a file is refused as a whole."""
    owen, fatima = _finance(told)
    spare, other = told.people.school(SPARE), told.people.school(OTHER_SPARE)
    yield (now := told.at(-30))
    batch = payees.propose_batch(
        "payees-of-november.csv",
        [(school, usual(school, now)) for school in (spare, other)],
        user=fatima,
        now=now,
    )
    yield (now := told.at(-29))
    reason = "These are the supplier numbers of last year."
    payees.refuse_batch(batch, reason=reason, user=owen, now=now, version=batch.version)
    yield (now := told.at(-20))
    mistyped = usual(other, now)._replace(evidence="A telephone call with the school’s office.")
    payee = payees.propose(other, mistyped, user=owen, now=now)
    yield (now := told.at(-19))
    reason = "A call is no evidence. Ask the supplier team for the form."
    payees.refuse(payee, reason=reason, user=fatima, now=now, version=payee.version)
    yield (now := told.at(-12))
    ended = payee_on(spare, london_date(now))
    assert ended is not None  # the file of long ago has it
    reason = "The school changes its bank. Nobody is paid until the supplier team has the new form."
    payees.end(ended, reason=reason, user=owen, now=now, version=ended.version)


def _condition(told: Told) -> Iterator[datetime]:
    """The chair no longer asks for a condition."""
    yield (now := told.at(-3, 14))
    bid = told.bids[ROUTINES]
    query = (
        select(AwardCondition).where(AwardCondition.bid_id == bid.id).order_by(AwardCondition.due_on.desc())
    )
    condition = db.session.scalars(query.limit(1)).one()
    chair = sitting_of(bid.items[-1], now).chair
    assert chair is not None  # the whole panel was on the call
    waive_condition(condition, "The borough publishes a handbook of its own now.", user=chair.user, now=now)


def _longer(bid: Bid, months: int, why: str) -> Wanted:
    assert bid.end_on is not None and bid.award is not None  # an award has both
    end = school_day_before(months_after(bid.end_on, months), bid.fund)
    return Wanted(bid.start_on, end, bid.award.pence, why)


def _withdrawn(told: Told) -> Iterator[datetime]:
    """A head asks for more time, and no longer needs it; then asks for a year, which the chair decides."""
    yield (now := told.at(-16, 14))
    bid = told.bids[MIXED_AGE]
    head = told.people.head(bid.lead_school.urn)
    wanted = _longer(bid, 2, "The mathematics lead is on jury service.")
    change = changes.ask(bid, wanted, user=head, now=now, version=bid.version)
    yield (now := told.at(-15, 14))
    reason = "The jury was sent home. We keep to our dates."
    changes.withdraw(change, reason=reason, user=head, now=now, version=change.version)


def _entered_by_the_officer(told: Told) -> Iterator[datetime]:
    """The officer enters what a head said on the telephone; the head is to agree."""
    yield (now := told.at(-2, 14))
    bid = told.bids[CURRICULUM]
    wanted = _longer(bid, 2, "The subject leader is away until spring, as you told me on the telephone.")
    officer = told.people.staff(RoleName.OFFICER)
    changes.ask(bid, wanted, step="enter", user=officer, now=now, version=bid.version)
