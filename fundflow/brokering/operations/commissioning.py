"""Support for a school that has not asked for it."""

from datetime import datetime

from sqlalchemy import exists, select

from fundflow import interests
from fundflow.brokering import queries
from fundflow.brokering.operations.requests import add_provider, fill_contact
from fundflow.drafts import begin_draft
from fundflow.extensions import db
from fundflow.models.bid import Bid, Origin
from fundflow.models.bid_parts import Partner
from fundflow.models.brokering import Expertise
from fundflow.models.person import User
from fundflow.models.provider import Provider
from fundflow.models.round import Round
from fundflow.models.school import School
from fundflow.rules.interests.own_schools import OwnBodies
from fundflow.rules.providers import why_not_commissioned
from fundflow.steps import note
from fundflow.workflow.application import BidState
from fundflow.workflow.engine import refuse_if
from fundflow.workflow.interests import bar_to_you
from fundflow.workflow.working_days import london_date


def commission(
    school: School,
    provider: School | Provider,
    round_: Round,
    *,
    expertise: Expertise,
    reason: str,
    user: User,
    now: datetime,
) -> Bid:
    """A draft led by a school that has not asked, which this officer fills in and submits for it.

    Its head agrees by confirming, before the panel. A second click returns the first one's draft.
    Raises Refused.
    """
    queries.require_broker(user, now, round_.fund_id)
    refuse_if(
        _why_not_independent(school, provider, round_, user, now)
        if isinstance(provider, Provider)
        else _why_not_commission(school, provider, user, now)
    )
    known = _same_commission(school, provider, round_, reason, user)
    if known is not None:
        return known
    bid = begin_draft(
        user=user, school=school, round_=round_, now=now, origin=Origin.COMMISSIONED, origin_note=reason
    )
    bid.origin_note, bid.officer = reason, user
    bid.title = bid.title or f"{expertise.words}: support from {provider.name}"[:140]
    fill_contact(bid, now)
    if isinstance(provider, Provider):
        bid.external_provider, bid.external_provider_reason = provider.name, reason[:500]
    else:
        add_provider(bid, provider, now)
    note(bid, "commission", "Commissioned support for the school", user=user, now=now, reason=reason)
    interests.disclose(bid, user, now=now)
    db.session.commit()
    return bid


def _why_not_independent(
    school: School, provider: Provider, round_: Round, user: User, now: datetime
) -> str | None:
    if bar := OwnBodies.of(user, london_date(now)).bar_from([school]):
        return f"You can’t commission this: {bar_to_you(bar)}. A colleague can."
    if provider.is_contact(user):
        return "You are this provider’s contact. A colleague can commission this."
    if provider.fund_id != round_.fund_id:
        return f"{provider.name} is not in the register of {round_.fund.name}."
    return why_not_commissioned(provider, london_date(now))


def _why_not_commission(school: School, provider: School, user: User, now: datetime) -> str | None:
    if school.id == provider.id:
        return "Choose two schools: one is supported, the other gives the support."
    if bar := OwnBodies.of(user, london_date(now)).bar_from([school, provider]):
        return f"You can’t commission this: {bar_to_you(bar)}. A colleague can."
    if not provider.is_open:
        return f"{provider.name} is not open, so it can’t give support."
    if provider.is_organisation and not queries.funds_of(provider):
        return f"No fund here takes part with {provider.name}."
    return None


def _same_commission(
    school: School, provider: School | Provider, round_: Round, reason: str, user: User
) -> Bid | None:
    if isinstance(provider, Provider):
        given = Bid.external_provider == provider.name
    else:
        given = exists().where(Partner.bid_id == Bid.id, Partner.school_id == provider.id)
    return db.session.scalar(
        select(Bid)
        .where(
            Bid.created_by_id == user.id,
            Bid.lead_school_id == school.id,
            Bid.round_id == round_.id,
            Bid.state == BidState.DRAFT,
            Bid.origin == Origin.COMMISSIONED,
            Bid.origin_note == reason,
            given,
        )
        .order_by(Bid.id.desc())
        .limit(1)
    )
