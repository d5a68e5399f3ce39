"""Orders of services on My work: to agree, changes to answer, and a school's orders that end soon."""

from datetime import datetime, timedelta

from fundflow.actors import OFFICERS
from fundflow.desk.panel_work import MOST, Waiting
from fundflow.models.fund import Module
from fundflow.models.person import User
from fundflow.services.queries import Line, waiting
from fundflow.web import modules
from fundflow.workflow.date_words import day_words
from fundflow.workflow.working_days import london_date

ENDS_WITHIN = timedelta(days=60)


def orders_of_services(user: User, now: datetime) -> list[Waiting]:
    """One query, for people of schools and officers, where a fund offers services."""
    today = london_date(now)
    concerned = user.memberships_on(today) or user.roles_on(today) & OFFICERS
    if not concerned or not modules.is_on(Module.CATALOGUE):
        return []
    found = waiting(user, now, today + ENDS_WITHIN, MOST)
    return [
        Waiting(
            line.order.reference,
            line.order.name,
            line.order.school.name,
            _what(line),
            None if line.to_agree or line.to_answer else line.order.ends_on,
            line.order.path,
        )
        for line in found
    ]


def _what(line: Line) -> str:
    if line.to_agree:
        return "Agree to the order, or decline it"
    if line.to_answer:
        return "Answer the change that is proposed"
    return f"Ends on {day_words(line.order.ends_on)}: order again if you want to go on"
