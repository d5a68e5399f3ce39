"""What each act of a call costs: SQL statements from the click to its answer, and how often the panel's
sitting is worked out. The numbers are those of today, as in `tests/test_budgets.py`."""

from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import insert, update

from fundflow.extensions import db
from fundflow.models.interest import Declaration, InterestKind
from fundflow.models.panel import Presence, Vote
from fundflow.panel.operations import decisions, items
from fundflow.rules.panel import sittings as rules
from fundflow.steps import open_steps
from fundflow.workflow.engine import Refused
from fundflow.workflow.panel_rules import Choice
from tests.panel.conftest import Panel

SCORES = dict.fromkeys(("need", "outcomes", "priority", "delivery", "value", "sustainability", "gaps"), "3")
JOINS, LEAVES = {"present": "yes", "item": "{item}"}, {"present": "no", "item": "{item}"}
APPROVED = {"amount": "3000", "reasons": "A clear need.", "equality_note": "Poor pupils gain."} | {
    "departure": "The need is plain."
}

# who, what, statements, sittings worked out, path, what is sent (None: a page that is looked at)
# fmt: off
CALL: list[tuple[str, str, int, int, str, Any]] = [
    ("clerk", "the chair joins",    36, 1, "{meeting}/members/{chair}/call", JOINS),
    ("clerk", "the deputy joins",   36, 1, "{meeting}/members/{deputy}/call", JOINS),
    ("clerk", "a head joins",       36, 1, "{meeting}/members/{head}/call", JOINS),
    ("clerk", "a councillor joins", 36, 1, "{meeting}/members/{council}/call", JOINS),
    ("clerk", "one leaves the item", 30, 1, "{url}/members/{head}/presence", {"present": "no"}),
    ("clerk", "and comes back",     30, 2, "{url}/members/{head}/presence", {"present": "yes"}),
    ("clerk", "an interest",        49, 2, "{url}/members/{head}/interest", {"kind": "none", "text": ""}),
    ("clerk", "no other interests", 31, 1, "{url}/no-interests", {}),
    ("clerk", "the agreed score",   19, 0, "{url}/scores", SCORES),
    ("clerk", "a vote",             30, 2, "{url}/members/{chair}/vote", {"choice": "fund"}),
    ("clerk", "all for it",         32, 2, "{url}/votes", {"choice": "fund"}),
    ("clerk", "one leaves the call", 34, 1, "{meeting}/members/{council}/call", LEAVES),
    ("clerk", "the call's page",    31, 2, "{url}", None),
    ("chair", "the item's page",    30, 2, "{url}", None),
    ("clerk", "the panel tab",      26, 1, "/bids/{bid}/panel", None),
    ("chair", "the panel tab",      26, 1, "/bids/{bid}/panel", None),
    ("chair", "what to decide",     30, 2, "/bids/{bid}/decide", None),
    ("chair", "the decision's page", 32, 2, "/bids/{bid}/steps/approve", None),
    ("chair", "the decision",       91, 5, "/bids/{bid}/steps/approve", APPROVED),
]
# fmt: on


def test_every_act_of_a_call_keeps_its_budget(
    panel: Panel, client: FlaskClient, count_queries: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    worked_out: list[Any] = []
    settle = rules.without_replaced_substitutes  # called once for each
    monkeypatch.setattr(
        rules,
        "without_replaced_substitutes",
        lambda standings: worked_out.append(standings) or settle(standings),
    )
    people = {"clerk": panel.clerk.get_id(), "chair": panel.chair.get_id()}
    seats = dict(zip(("chair", "deputy", "head", "council"), (s.id for s in panel.seats), strict=False))
    bid_id, names = (
        panel.bid.id,
        {
            "url": panel.url,
            "meeting": f"/meetings/{panel.item.meeting_id}",
            "item": panel.item.id,
            "bid": panel.bid.reference,
            **seats,
        },
    )
    wrong = []
    for who, what, statements, sittings, path, sent in CALL:
        with client.session_transaction() as cookie:
            cookie["_user_id"], cookie["_fresh"] = people[who], True
        version = db.session.get_one(type(panel.bid), bid_id).version
        db.session.rollback()
        db.session.expunge_all()
        count_queries.clear()
        worked_out.clear()
        if sent is None:
            assert client.get(path.format(**names)).status_code == 200, what
        else:
            form = {key: value.format(**names) for key, value in sent.items()} | {"version": version}
            assert client.post(path.format(**names), data=form).status_code == 302, what
        if len(count_queries) > statements or len(worked_out) > sittings:
            wrong.append(
                f"{what} ({who}) asks {len(count_queries)}, its budget is {statements}; works out "
                f"{len(worked_out)} sittings, its budget is {sittings}"
            )
    assert not wrong, "\n".join(wrong)


# -- an act never goes by what was loaded before it ------------------------------------------------


def behind_the_session(statement: Any) -> None:
    """Change a row as another person's request does: what this session loaded does not know of it."""
    db.session.connection().execute(statement)


def test_an_act_sees_who_left_since_its_page_was_made(panel: Panel) -> None:
    panel.votes("++ +")
    assert panel.sitting.counted == 3
    gone = Presence.__table__.c
    behind_the_session(
        update(Presence.__table__).where(gone.seat_id == panel.seats[1].id).values(present=False)
    )
    assert panel.sitting.counted == 3  # as it was loaded
    with pytest.raises(Refused, match="2 present, 3 needed"):
        decisions.approve(panel.bid, 300_000, **panel.decided())


def test_an_act_sees_an_interest_declared_since_its_page_was_made(panel: Panel) -> None:
    panel.here(0)
    assert panel.sitting.counted == 1
    said = Declaration.__table__
    behind_the_session(
        update(said).where(said.c.user_id == panel.chair.id).values(kind=InterestKind.BARRED.value)
    )
    with pytest.raises(Refused, match="they declared an interest"):
        items.vote(panel.item, panel.seats[0].id, Choice.FUND, user=panel.clerk, now=panel.now)


def test_an_act_sees_a_vote_given_since_its_page_was_made(panel: Panel) -> None:
    panel.here(0, 1)
    assert panel.sitting.tally.votes_for == 0
    behind_the_session(
        insert(Vote.__table__).values(
            item_id=panel.item.id,
            seat_id=panel.seats[0].id,
            choice=Choice.FUND.value,
            at=panel.now,
            recorded_by_id=panel.clerk.id,
        )
    )
    all_for = items.vote_alike(panel.item, Choice.DO_NOT_FUND, user=panel.clerk, now=panel.now)
    assert all_for == 1
    assert tuple(panel.sitting.tally) == (1, 1, 0)


def test_within_one_transaction_each_asking_sees_what_changed(panel: Panel) -> None:
    """Guards share a sitting for one asking, never for the next."""
    panel.votes("++ +")

    def waits_for() -> str | None:
        steps = {o.step.name: o.reason for o in open_steps(panel.bid, panel.chair, panel.now)}
        return steps["approve"]

    assert waits_for() is None
    here = next(p for p in panel.item.presences if p.seat_id == panel.seats[1].id)
    here.present = False
    assert waits_for() == "2 present, 3 needed."
    here.present = True
    said = next(d for d in panel.bid.declarations if d.user_id == panel.deputy.id)
    said.kind = InterestKind.BARRED
    assert waits_for() == "2 present, 3 needed."
    said.kind = InterestKind.NONE
    assert waits_for() is None
    for vote in panel.item.votes:
        vote.choice = Choice.DO_NOT_FUND
    assert waits_for() == "There is no majority for this: 0 for, 3 against."
