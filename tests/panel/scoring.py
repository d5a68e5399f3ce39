"""What tests of scores do: a member’s sheet, filled in, sent and found."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from flask.testing import FlaskClient

from fundflow.models.person import User
from fundflow.models.scores import ScoreSheet
from fundflow.panel.operations import scores
from fundflow.panel.operations.scores import Mark
from fundflow.workflow.panel_rules import STANDARD
from tests.panel.conftest import Panel

SignIn = Callable[[User | None], FlaskClient]
CHAIR, DEPUTY, PRIMARY, LA, GOVERNOR = range(5)


def marks(score: int = 3, **others: int) -> dict[str, Mark]:
    return {slug: Mark(others.get(slug, score), f"Because of {slug}.") for slug in STANDARD.slugs}


def give(panel: Panel, seat: int, score: int = 3, *, now: datetime | None = None, **others: int) -> None:
    """This seat's holder hands in their scores."""
    scores.save_sheet(
        panel.item,
        panel.seats[seat].id,
        marks(score, **others),
        hand_in=True,
        stamp=None,
        user=panel.seats[seat].user,
        now=now or panel.now,
    )


def sent(panel: Panel, seat: int, score: Any = 3, *, do: str = "save", **others: Any) -> dict[str, Any]:
    """The form of a member's scores, as their page sends it now."""
    fields = {f"score_{slug}": str(score) for slug in STANDARD.slugs}
    fields |= {f"reason_{slug}": f"Because of {slug}." for slug in STANDARD.slugs}
    stamp = scores.sheet_stamp(panel.item, panel.seats[seat].id)
    return {**fields, "do": do, "stamp": stamp, **others}


def sheet(panel: Panel, seat: int) -> ScoreSheet:
    return next(s for s in panel.item.sheets if s.seat_id == panel.seats[seat].id)
