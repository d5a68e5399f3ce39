"""Proposing who is paid, and confirming, refusing and ending it; a file's payees as one."""

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import select

from fundflow.extensions import db
from fundflow.history import record_event
from fundflow.letters import write_to_other_finance
from fundflow.models.payee import Payee, PayeeBatch
from fundflow.models.person import RoleName, User
from fundflow.models.school import School
from fundflow.payments.payees.proposals import Proposal, why_not_proposed, wrong_texts, wrong_together
from fundflow.rules.payees import bar_from_paying, payable, trust_code
from fundflow.steps import lock, require_step, take_step
from fundflow.workflow.engine import Refused, refuse_if
from fundflow.workflow.interests import bar_to_you
from fundflow.workflow.working_days import london_date

PROPOSED = "Proposed who is paid"
LETTER = "payments/payees_proposed.txt"


def propose(school: School, proposal: Proposal, *, user: User, now: datetime) -> Payee:
    """Propose who is paid for a school; another finance officer confirms it. Raises Refused."""
    _require_finance([school], user, now)
    payee = _payee(school, proposal, user, now)
    db.session.add(payee)
    entry = record_event(payee, "propose", PROPOSED, user=user, now=now)
    write_to_other_finance(payee, LETTER, entry, user)
    db.session.commit()
    return payee


def propose_batch(
    name: str, rows: Sequence[tuple[School, Proposal]], *, user: User, now: datetime
) -> PayeeBatch:
    """Propose the payees of a file, which another finance officer confirms or refuses as one."""
    _require_finance([school for school, _ in rows], user, now)
    batch = PayeeBatch(name=name, size=len(rows), proposed_at=now, proposed_by=user)
    batch.payees = [_payee(school, proposal, user, now) for school, proposal in rows]
    db.session.add(batch)
    db.session.flush()  # the history names their numbers
    for payee in batch.payees:
        record_event(payee, "propose", PROPOSED, user=user, now=now)
    entry = record_event(batch, "propose", "Proposed a batch of payees", user=user, now=now)
    write_to_other_finance(batch, LETTER, entry, user)
    db.session.commit()
    return batch


def confirm(payee: Payee, *, user: User, now: datetime, version: int | None) -> None:
    """Confirm what another finance officer proposed."""
    _prepare(payee, "confirm", user, now, version)
    _confirm(payee, user, now, version, unwritten=_not_told(payee, now))
    db.session.commit()


def refuse(payee: Payee, *, reason: str, user: User, now: datetime, version: int | None) -> None:
    take_step(payee, "refuse", user=user, now=now, version=version, given={"reason": reason})
    db.session.commit()


def end(payee: Payee, *, reason: str, user: User, now: datetime, version: int | None) -> None:
    """From today nothing is paid this way."""
    ended = {"ended_on": london_date(now)}
    take_step(payee, "end", user=user, now=now, version=version, given={"reason": reason}, also=ended)
    db.session.commit()


def hold(payee: Payee, *, reason: str, user: User, now: datetime, version: int | None) -> None:
    """Pay nothing this way until somebody lifts it."""
    also = {"hold_since": now, "hold_reason": reason}
    take_step(payee, "hold", user=user, now=now, version=version, given={"reason": reason}, also=also)
    db.session.commit()


def lift(payee: Payee, *, reason: str, user: User, now: datetime, version: int | None) -> None:
    """Pay this way again."""
    given, also = {"reason": reason}, {"hold_since": None}
    take_step(payee, "lift", user=user, now=now, version=version, given=given, also=also)
    db.session.commit()


def confirm_batch(batch: PayeeBatch, *, user: User, now: datetime, version: int | None) -> None:
    """Confirm a file's payees, all of them."""
    _prepare(batch, "confirm", user, now, version)
    confirmed = {"confirmed_at": now, "confirmed_by": user}
    unwritten = _not_told(batch, now)
    take_step(batch, "confirm", user=user, now=now, version=version, also=confirmed, unwritten=unwritten)
    for payee in batch.payees:
        _confirm(payee, user, now, unwritten=("finance", "award_officers"))
    db.session.commit()


def refuse_batch(batch: PayeeBatch, *, reason: str, user: User, now: datetime, version: int | None) -> None:
    given = {"reason": reason}
    take_step(batch, "refuse", user=user, now=now, version=version, given=given)
    for payee in batch.payees:
        take_step(payee, "refuse", user=user, now=now, given=given, unwritten=("finance",))
    db.session.commit()


def _confirm(
    payee: Payee, user: User, now: datetime, version: int | None = None, unwritten: Sequence[str] = ()
) -> None:
    also = {"confirmed_at": now, "confirmed_by": user}
    take_step(payee, "confirm", user=user, now=now, version=version, unwritten=unwritten, also=also)


def _not_told(record: Payee | PayeeBatch, now: datetime) -> tuple[str, ...]:
    """The awards' officers are told where a school had no payee, not where it changes its own."""
    schools = [school.id for school in record.schools]
    held = select(School.id).where(School.id.in_(schools), ~payable(london_date(now))).limit(1)
    return () if db.session.scalar(held) else ("award_officers",)


def _prepare(record: Payee | PayeeBatch, step: str, user: User, now: datetime, version: int | None) -> None:
    lock(record, version, step=step, user=user)
    require_step(record, step, user, now)


def _payee(school: School, proposal: Proposal, user: User, now: datetime) -> Payee:
    """Raises Refused for what the form and the file refuse beside the field."""
    refuse_if(why_not_proposed(school))
    texts = {name: getattr(proposal, name) for name in Proposal._fields if name != "valid_from"}
    for _, why in (*wrong_texts(texts), *wrong_together(proposal)):
        raise Refused(f"{school.name}: {why}.")
    return Payee(
        school=school,
        for_urn=school.urn,
        for_kind=school.kind,
        for_trust=trust_code(school),
        proposed_at=now,
        proposed_by=user,
        **proposal._asdict(),
    )


def _require_finance(schools: Sequence[School], user: User, now: datetime) -> None:
    day = london_date(now)
    if not user.active or RoleName.FINANCE not in user.roles_on(day):
        raise Refused("Only a finance officer can do this.")
    if bar := bar_from_paying(schools, user, day):
        raise Refused(f"You can’t say who is paid here: {bar_to_you(bar)}.")
