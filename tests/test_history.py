"""What people wrote in the history can be erased; what the service decides by stays, and is never changed."""

import json
import re
import secrets
from collections.abc import Callable
from datetime import date, timedelta
from enum import Enum
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select, text
from sqlalchemy.exc import DBAPIError

from fundflow.history import record_event
from fundflow.models.history import REMOVED, HistoryEntry, HistoryWords, words_hash
from fundflow.models.person import RoleName, User
from fundflow.payments import blocks
from fundflow.steps import note, take_step
from fundflow.workflow.application import BidState as S
from fundflow.workflow.engine import Refused
from tests.factories import NOW, Make

SignIn = Callable[[User], FlaskClient]
ROOT = Path(__file__).resolve().parents[1]


class Colour(Enum):
    RED = "red"


def erase(make: Make, entry: HistoryEntry) -> None:
    make.session.delete(entry.words)
    make.session.commit()
    make.session.expire_all()


def written(make: Make, **given: Any) -> HistoryEntry:
    by = make.user(name=f"Ann Oak {secrets.token_hex(4)}")
    return make.history(make.bid(), "withdraw", by, label="Withdrew Ann’s bid", reason="I am ill.", **given)


@pytest.mark.parametrize(
    "reason", ["Pay it to 20-45-67.", "Account number 12 34 56 78", "GB82WEST12345698765432"]
)
def test_no_reason_keeps_bank_details_whatever_was_done(make: Make, reason: str) -> None:
    bid, officer = make.bid(state=S.IN_DELIVERY), make.staff(RoleName.OFFICER)
    make.session.commit()
    before = make.session.scalar(select(func.count()).select_from(HistoryEntry))
    with pytest.raises(Refused, match="Bank details are never kept here"):
        blocks.suspend(bid, reason=reason, user=officer, now=NOW, version=bid.version)
    make.session.rollback()
    with pytest.raises(Refused, match="Bank details are never kept here"):
        note(bid, "put_back", "Put back the answers", user=officer, now=NOW, reason=reason)
    make.session.rollback()
    assert bid.state is S.IN_DELIVERY
    assert make.session.scalar(select(func.count()).select_from(HistoryEntry)) == before


def test_text_stands_beside_the_entry_and_the_rest_in_it(make: Make) -> None:
    given = {
        "reason": "I am ill.",
        "amount": 5,
        "due_on": date(2027, 1, 5),
        "colour": Colour.RED,
        "agreement": True,
        "votes": {7: Colour.RED},
        "scores": {"need": [4, "Because Sam said so"]},
        "days": ["2027-01-06 RL1"],
    }
    entry = written(make, given=given, facts={"from": "100001"})
    assert entry.facts == {
        "amount": 5,
        "due_on": "2027-01-05",
        "colour": "red",
        "agreement": True,
        "votes": {"7": "red"},
        "from": "100001",
    }
    assert entry.words
    assert set(entry.words.given) == {"reason", "scores", "days"}
    assert entry.given == {**entry.facts, **entry.words.given}


def test_a_row_of_the_entry_alone_holds_nothing_that_somebody_wrote(make: Make) -> None:
    entry = written(make, given={"reason": "I am ill.", "answer": "Ask Sam."})
    row = make.session.execute(text("SELECT * FROM history_entry")).mappings().one()
    assert not re.search("Ann|ill|Sam|Withdrew", json.dumps(dict(row), default=str))
    assert row["user_id"] == entry.user_id


def test_the_entry_keeps_a_salted_hash_of_its_words(make: Make) -> None:
    one, other = written(make, given={"answer": "Yes"}), written(make, given={"answer": "Yes"})
    assert one.words
    assert one.words_hash == words_hash(one.words.copy())
    assert one.words_hash != other.words_hash
    kept = json.loads(json.dumps(one.words.copy()))
    erase(make, one)
    assert words_hash(kept) == one.words_hash
    assert words_hash({**kept, "reason": "I was ill."}) != one.words_hash


def test_words_can_be_erased_and_not_be_changed(make: Make) -> None:
    entry = written(make)
    with pytest.raises(DBAPIError, match="can only be erased"), make.session.begin_nested():
        make.session.execute(text("UPDATE history_words SET reason = 'Bored.'"))
    erase(make, entry)
    assert make.session.scalars(select(HistoryWords)).all() == []
    assert (entry.actor_name, entry.reason, entry.given) == (REMOVED, "", {})
    assert entry.label == "Withdrew the bid"  # as the table says it


def test_an_erased_act_that_is_no_step_of_a_table_says_that_it_was_removed(make: Make) -> None:
    entry = make.history(make.bid(), "casting_vote", label="Recorded Ann Oak’s casting vote")
    erase(make, entry)
    assert entry.label == REMOVED


def test_pages_and_letters_of_a_bid_stand_without_the_words(
    make: Make, sign_in: SignIn, client: FlaskClient
) -> None:
    officer = make.staff(RoleName.OFFICER)
    bid = make.bid(state=S.IN_REVIEW, officer=officer)
    head = make.member(bid.lead_school)
    make.session.commit()
    entry = take_step(bid, "withdraw", user=head, now=NOW, given={"reason": "Ms Oak is ill."})
    make.session.commit()
    pages = [f"/bids/{bid.reference}{tab}" for tab in ("", "/history", "/letters")]
    before = sign_in(officer).get(pages[1]).text
    assert "Ms Oak is ill." in before
    assert head.name in before
    erase(make, entry)
    answers = [sign_in(officer).get(page) for page in pages]
    assert [answer.status_code for answer in answers] == [200, 200, 200]
    history = answers[1].text
    assert REMOVED in history
    assert "Ms Oak is ill." not in history


def test_nobody_but_the_clock_and_the_command_line_lacks_a_name(make: Make) -> None:
    bid, fund, user = make.bid(), make.fund(), make.user(active=False)
    done = [record_event(about, "x", "X", user=None, now=NOW) for about in (bid, fund, user)]
    assert [entry.actor_name for entry in done] == ["Fundflow", "The command line", "The command line"]
    assert [(entry.from_state, entry.to_state) for entry in done] == [
        (bid.state.value, bid.state.value),
        ("", ""),
        ("", "inactive"),
    ]


def test_the_latest_entry_comes_with_its_words_in_one_statement(make: Make, count_queries: list[str]) -> None:
    for days in range(3):
        written(make, now=NOW + timedelta(days=days))
    make.session.commit()
    make.session.expire_all()
    count_queries.clear()
    entries = make.session.scalars(select(HistoryEntry).order_by(HistoryEntry.id)).all()
    assert [entry.reason for entry in entries] == ["I am ill."] * 3
    assert len(count_queries) == 1


def test_history_is_written_in_one_place() -> None:
    found = [
        str(path.relative_to(ROOT))
        for folder in ("fundflow", "tests")
        for path in (ROOT / folder).rglob("*.py")
        if re.search(r"\bHistory(Entry|Words)\(", path.read_text(encoding="utf-8"))
    ]
    assert sorted(found) == ["fundflow/history.py", "fundflow/models/history.py"]
