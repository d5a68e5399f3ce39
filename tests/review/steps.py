"""What the tests of the officer's steps send, and where."""

from datetime import timedelta
from types import SimpleNamespace
from typing import Any

from sqlalchemy import func, select

from fundflow.models.letter import Letter
from tests.factories import NOW, Make


def path(it: SimpleNamespace, step: str) -> str:
    return f"/bids/{it.bid.reference}/steps/{step}"


def letter_count(make: Make) -> int:
    return make.session.scalar(select(func.count()).select_from(Letter)) or 0


def ready_for_panel(it: SimpleNamespace, make: Make, days: int = 20) -> Any:
    make.confirmed(it.bid)
    return make.meeting(it.fund, starts_at=NOW + timedelta(days=days))


def recommendation(it: SimpleNamespace, planned: Any, **changes: Any) -> dict[str, Any]:
    return {
        "version": it.bid.version,
        "recommendation": "fund",
        "amount": "3000",
        "conditions": "",
        "meeting": planned.id,
        **changes,
    }


def review_page(case: SimpleNamespace) -> str:
    return f"/bids/{case.bid.reference}/review"
