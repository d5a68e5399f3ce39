"""Feedback of supported schools: when it is chased, and the averages that a provider reads."""

from datetime import date
from decimal import Decimal
from typing import NamedTuple

from sqlalchemy import Integer, cast, func, select
from sqlalchemy.orm import object_session

from fundflow.models.bid_parts import Part, Partner
from fundflow.models.feedback import Feedback
from fundflow.models.school import School
from fundflow.workflow.working_days import add_working_days, london_date

ENOUGH = 3  # schools with answers from which a provider reads averages: fewer could tell who gave them


def next_day(feedback: Feedback) -> date:
    """The day on which it is chased, or after two chases recorded as not given."""
    latest = feedback.chased_again_at or feedback.chased_at or feedback.asked_at
    fund = feedback.bid.fund
    return add_working_days(london_date(latest), fund.feedback_days, fund.schools_off)


class Averages(NamedTuple):
    """What supported schools say of a provider: means from 1 to 5, and how many would use it again."""

    responses: int
    quality: Decimal
    timeliness: Decimal
    fit: Decimal
    again: int


def averages_of(provider: School) -> Averages | None:
    """The averages over all bids to which this school gave support; None while fewer than `ENOUGH` schools
    have answered."""
    session = object_session(provider)
    if session is None:
        return None
    rated = (Feedback.quality, Feedback.timeliness, Feedback.fit)
    means = [func.avg(column * Decimal(1)) for column in rated]
    again = func.sum(cast(Feedback.use_again, Integer))
    schools = func.count(Feedback.school_id.distinct())
    responses, schools_answered, times, *found = session.execute(
        select(func.count(), schools, again, *means)
        .select_from(Feedback)
        .join(Partner, Partner.bid_id == Feedback.bid_id)
        .where(Partner.part == Part.PROVIDER, Partner.school_id == provider.id)
        .where(Feedback.given_at.is_not(None), Feedback.school_id != provider.id)
    ).one()
    if schools_answered < ENOUGH:  # three answers of one school are that school's
        return None
    quality, timeliness, fit = (round(Decimal(str(mean)), 1) for mean in found)
    return Averages(responses, quality, timeliness, fit, int(times))
