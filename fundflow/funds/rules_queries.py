"""The versions of a panel's rules for pages."""

from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import joinedload

from fundflow.extensions import db
from fundflow.funds.rules_words import changes
from fundflow.models.fund import Fund
from fundflow.models.panel_settings import PanelRules

A_PAGE = 25


class Version(NamedTuple):
    """A version and what changed from the one before, in words."""

    version: PanelRules
    changes: list[str]


def version(fund: Fund, number: int) -> PanelRules | None:
    return db.session.scalar(
        select(PanelRules)
        .where(PanelRules.fund_id == fund.id, PanelRules.number == number)
        .options(joinedload(PanelRules.set_by))
    )


def versions(fund: Fund, before: int | None = None) -> tuple[list[Version], int | None]:
    """A page of versions, the newest first, and the number to ask for the next page with."""
    query = select(PanelRules).where(PanelRules.fund_id == fund.id)
    if before is not None:
        query = query.where(PanelRules.number < before)
    found = list(
        db.session.scalars(
            query.order_by(PanelRules.number.desc()).limit(A_PAGE + 1).options(joinedload(PanelRules.set_by))
        )
    )
    older = [*found[1:], None]
    rows = [
        Version(new, changes(old.rules, new.rules) if old else [])
        for new, old in zip(found, older, strict=True)
    ]
    return rows[:A_PAGE], found[A_PAGE - 1].number if len(found) > A_PAGE else None
