"""The versions of a panel's rules for pages."""

from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from fundflow.extensions import db
from fundflow.funds.rules_words import changes
from fundflow.models.fund import Fund
from fundflow.models.panel_settings import PanelRules
from fundflow.web.paging import Page, cut

PAGE = 25


class RulesVersion(NamedTuple):
    """A version and what changed from the one before, in words."""

    version: PanelRules
    changes: list[str]


def version(fund: Fund, number: int) -> PanelRules | None:
    return db.session.scalar(
        select(PanelRules)
        .where(PanelRules.fund_id == fund.id, PanelRules.number == number)
        .options(joinedload(PanelRules.set_by))
    )


def versions(fund: Fund, after: int | None = None) -> Page[RulesVersion]:
    """A page of versions, the newest first."""
    query = select(PanelRules).where(PanelRules.fund_id == fund.id)
    if after is not None:
        query = query.where(PanelRules.number < after)
    query = query.order_by(PanelRules.number.desc()).options(joinedload(PanelRules.set_by))
    found = db.session.scalars(query.limit(PAGE + 1)).all()
    older = [*found[1:], None]
    rows = [
        RulesVersion(new, changes(old.rules, new.rules) if old else [])
        for new, old in zip(found, older, strict=True)
    ]
    return cut(rows, PAGE, "version.number")
