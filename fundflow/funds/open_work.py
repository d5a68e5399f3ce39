"""What is under way in each part of the service that a fund may switch off."""

from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, func, select

from fundflow.extensions import db
from fundflow.models.adviser import AdviserAllocation
from fundflow.models.bid import Bid
from fundflow.models.caseload import Concern
from fundflow.models.fund import Fund, Module
from fundflow.models.practice import PracticeEntry
from fundflow.models.quality_check import QualityCheck
from fundflow.models.service import ServiceOrder
from fundflow.models.survey import Survey
from fundflow.workflow.concern import ConcernState
from fundflow.workflow.order import OrderState
from fundflow.workflow.practice import PracticeState
from fundflow.workflow.quality_check import CheckState
from fundflow.workflow.survey import SurveyState


class Open(NamedTuple):
    """Records of a fund that are under way: one of them, several of them, and which they are."""

    one: str
    several: str
    model: Any
    where: ColumnElement[bool]
    fund_id: Any


ORDERS = ServiceOrder.state.in_((OrderState.PLACED, OrderState.AGREED, OrderState.IN_TERM))
CHECKS = QualityCheck.state.in_((CheckState.TO_DO, CheckState.TO_ACT, CheckState.ACTED))
OPEN = {
    Module.CATALOGUE: Open("order", "orders", ServiceOrder, ORDERS, ServiceOrder.fund_id),
    Module.ADVISERS: Open(
        "school that has an adviser",
        "schools that have an adviser",
        AdviserAllocation,
        AdviserAllocation.ends_on.is_(None),
        AdviserAllocation.fund_id,
    ),
    Module.QUALITY_CHECKS: Open(
        "quality check",
        "quality checks",
        QualityCheck,
        CHECKS,
        select(Bid.fund_id).where(Bid.id == QualityCheck.bid_id).scalar_subquery(),
    ),
    Module.SURVEYS: Open("survey", "surveys", Survey, Survey.state == SurveyState.OPEN, Survey.fund_id),
    Module.SHARING: Open(
        "entry of good practice",
        "entries of good practice",
        PracticeEntry,
        PracticeEntry.state.in_((PracticeState.PROPOSED, PracticeState.AGREED)),
        PracticeEntry.fund_id,
    ),
    Module.CASELOADS: Open(
        "concern", "concerns", Concern, Concern.state == ConcernState.OPEN, Concern.fund_id
    ),
}


def open_work(fund: Fund) -> dict[str, str]:
    """What is under way in words (“12 orders”), by the setting of its part; only where that is on."""
    counts = {
        module.value: select(func.count())
        .select_from(part.model)
        .where(part.where, part.fund_id == fund.id)
        .scalar_subquery()
        for module, part in OPEN.items()
        if getattr(fund, module.value)
    }
    if not counts:
        return {}
    row = db.session.execute(select(*(count.label(name) for name, count in counts.items()))).one()
    found = {module.value: (part, getattr(row, module.value, 0)) for module, part in OPEN.items()}
    return {name: f"{n:,} {part.one if n == 1 else part.several}" for name, (part, n) in found.items() if n}
