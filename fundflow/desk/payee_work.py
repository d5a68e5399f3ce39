"""Who is paid, on My work: payees to confirm, and awards that wait for one."""

from datetime import datetime

from sqlalchemy import ColumnElement, and_

from fundflow.desk.conditions import in_hand_of
from fundflow.desk.panel_work import MOST, Waiting
from fundflow.models.person import RoleName, User
from fundflow.payments.payees.queries import waiting_for
from fundflow.rules.interests.bars import hidden_from
from fundflow.rules.payees import award_waits
from fundflow.web.access import roles
from fundflow.workflow.working_days import london_date

FINANCE = roles(RoleName.FINANCE)


def payees_to_confirm(user: User, now: datetime) -> list[Waiting]:
    """A line a payee or a file, for finance officers who did not propose it themselves."""
    if not FINANCE.allows(user, now):
        return []
    return [
        Waiting("Payee", found.title, found.detail, "Confirm who is paid", None, found.path)
        for found in waiting_for(user, MOST)
    ]


def payee_missing(_user: User, now: datetime) -> ColumnElement[bool]:
    return award_waits(london_date(now))


def payee_missing_in_hand(user: User, now: datetime) -> ColumnElement[bool]:
    """The same of the bids that this officer handles."""
    day = london_date(now)
    return and_(in_hand_of(user, now), award_waits(day), ~hidden_from(user, day))
