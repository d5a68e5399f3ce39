"""Requests for support on My work: new ones for officers, proposals for the school that asked."""

from datetime import datetime

from fundflow.brokering.queries import brokers, requests_waiting
from fundflow.desk.panel_work import MOST, Waiting
from fundflow.letters.rendering import days
from fundflow.models.person import User
from fundflow.workflow.support_request import RequestState
from fundflow.workflow.working_days import london_date


def support_requests(user: User, now: datetime) -> list[Waiting]:
    """One query, for people of schools and for those who broker."""
    if not (user.memberships_on(london_date(now)) or brokers(user, now)):
        return []
    return [
        Waiting(
            "Request",
            f"Support: {row.expertise.words}",
            row.school + (f" · {days(row.half_days)} days" if row.half_days else ""),
            "Find a school that can help"
            if row.state is RequestState.ASKED
            else f"Start a bid: {row.proposed} could help you",
            row.due_on if row.state is RequestState.ASKED else None,
            row.path,
            row.age(now),
        )
        for row in requests_waiting(user, now, MOST)
    ]
