"""Support on My work: requests for it, proposals to the school that asked, and brokering's registers."""

from datetime import datetime

from fundflow.brokering import waiting as w
from fundflow.brokering.queries import brokers, requests_waiting
from fundflow.desk.panel_work import MOST, Waiting
from fundflow.letters.rendering import days
from fundflow.models.person import User
from fundflow.workflow.support_request import RequestState
from fundflow.workflow.working_days import london_date

# The reference of a line, what to do, and where
WHAT = {
    w.APPROVE: ("Provider", "Approve the provider", "/providers"),
    w.RECORD: ("Provider", "Record the due diligence", "/providers"),
    w.RENEW: ("Provider", "Renew the due diligence", "/providers"),
    w.AGREE: ("Good practice", "Read the entry and say whether your school agrees", "/good-practice"),
    w.KEEP: ("Good practice", "Look at the entry again", "/good-practice"),
    w.CONTACT: ("Engagement", "Contact the school again", "/engagement"),
}


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


def brokering_waits(user: User, now: datetime) -> list[Waiting]:
    """Providers to approve or renew, entries of good practice, and contacts that are due. One query."""
    return [_line(row) for row in w.waiting(user, now, MOST)]


def _line(row: w.Line) -> Waiting:
    reference, what, place = WHAT[row.what]
    return Waiting(reference, row.title, row.about, what, row.due_on, f"{place}/{row.key}")
