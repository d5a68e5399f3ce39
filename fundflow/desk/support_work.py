"""Support on My work: requests for it, proposals to the school that asked, providers to approve."""

from datetime import datetime

from fundflow.brokering.providers import waiting as providers_that_wait
from fundflow.brokering.queries import brokers, requests_waiting
from fundflow.desk.panel_work import MOST, Waiting
from fundflow.letters.rendering import days
from fundflow.models.fund import Module
from fundflow.models.person import User
from fundflow.web import modules
from fundflow.workflow.provider import ProviderState
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


def providers_waiting(user: User, now: datetime) -> list[Waiting]:
    """Independent providers that another officer proposed, and due diligence that ends within 30 days."""
    if not (modules.is_on(Module.QUALITY_CHECKS) and brokers(user, now)):
        return []
    return [
        Waiting("Provider", one.name, one.fund.name, "Approve the provider", None, one.path)
        if one.state is ProviderState.PROPOSED
        else Waiting(
            "Provider", one.name, one.fund.name, "Renew the due diligence", one.next_due_on, one.path
        )
        for one in providers_that_wait(user, now, MOST)
    ]
