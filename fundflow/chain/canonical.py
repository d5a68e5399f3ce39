"""The bytes that are hashed, and which columns of which rows.

Form 1: JSON in UTF-8 with sorted keys and no spaces. Moments are in UTC, enums are their values, keys of
maps are text. A digest is over {"of": table, "id": row, column: value …}, words over {"salt": …, column:
value …}, a link over [hash before, chain, number, form, table, row, digest, words].
"""

import hashlib
import json
from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime
from enum import Enum
from typing import Any, NamedTuple

from fundflow.extensions import Base
from fundflow.models.award import Award, AwardLine
from fundflow.models.decision import Decision
from fundflow.models.files import Attachment
from fundflow.models.history import HistoryEntry
from fundflow.models.ledger_entry import LedgerEntry
from fundflow.models.letter import Letter
from fundflow.models.minutes import Paper
from fundflow.models.panel import Vote
from fundflow.models.payment_run import PaymentRun
from fundflow.models.person import Membership, RoleGrant, Seat
from fundflow.models.review import Submission

FORM = 1
COUNCIL = "council"


class Chained(NamedTuple):
    """What is chained of a kind of rows.

    facts  columns that name nobody
    words  columns with names and people’s words, hashed with a salt that can be erased
    bid_of where the row’s bid stands; its fund’s, then the council’s chain where it has none
    """

    facts: tuple[str, ...]
    words: tuple[str, ...] = ()
    bid_of: Callable[[Any], int | None] = lambda row: getattr(row, "bid_id", None)


def _names(text: str) -> tuple[str, ...]:
    return tuple(text.split())


def _of_item(row: Any) -> int | None:
    return int(row.item.bid_id)


CHAINED: dict[type[Base], Chained] = {
    HistoryEntry: Chained(
        _names("process record_id bid_id step from_state to_state user_id at internal form_version")
        + _names("facts words_hash")
    ),
    LedgerEntry: Chained(
        _names("fund_id allocation_id bid_id claim_id history_entry_id kind pence at by_id"), ("reason",)
    ),
    Vote: Chained(
        _names("item_id seat_id choice at recorded_by_id voided_at by_email"), ("voided_why",), _of_item
    ),
    Decision: Chained(
        _names("bid_id item_id change_id outcome pence votes_for votes_against abstentions score_hundredths")
        + _names("by_email rules_id corrects_id decided_at decided_by_id undone_at undone_by_id"),
        _names("conditions reasons equality_note delegation undone_reason sitting"),
    ),
    Award: Chained(_names("bid_id number pence made_at schedule")),
    AwardLine: Chained(
        _names("award_id first_id payee_id school_id half_days day_rate_pence on_cost_basis_points pence"),
        _names("what staff_code"),
        lambda row: int(row.award.bid_id),
    ),
    PaymentRun: Chained(
        _names("fund_id number state gathered_by_id approved_at approved_by_id size pence sha256")
    ),
    Letter: Chained(_names("bid_id history_entry_id recipient written_at"), _names("key name subject body")),
    Submission: Chained(_names("bid_id number kind at by_id sha256")),
    Paper: Chained(_names("item_id number submission_id issued_at issued_by_id sha256"), (), _of_item),
    Attachment: Chained(
        _names("bid_id kind size sha256 store_key uploaded_at uploaded_by_id"), _names("name description")
    ),
    RoleGrant: Chained(_names("user_id fund_id role starts_on ends_on")),
    Seat: Chained(_names("fund_id user_id position sector school_id trust_id starts_on ends_on")),
    Membership: Chained(_names("user_id school_id standing starts_on ends_on")),
}
OF_TABLES = {model.__tablename__: model for model in CHAINED}


def chain_of(row: Any) -> str:
    """The name of the chain that a row belongs to."""
    bid, fund = CHAINED[type(row)].bid_of(row), getattr(row, "fund_id", None)
    if bid is not None:
        return f"bid:{bid}"
    return f"fund:{fund}" if fund is not None else COUNCIL


def digest_of(model: type[Base], row: Any) -> str:
    """The hash of what of a row is nobody’s words.

    row  an object of the model, or a row of a query of its columns
    """
    facts = {name: getattr(row, name) for name in CHAINED[model].facts}
    return sha256({"of": model.__tablename__, "id": row.id, **facts})


def words_of(model: type[Base], row: Any) -> dict[str, Any]:
    """The words of a row, plain; empty where its kind has none."""
    return {name: plain(getattr(row, name)) for name in CHAINED[model].words}


def words_hash(words: Mapping[str, Any], salt: str) -> str:
    """The hash of words with their salt."""
    return sha256({"salt": salt, **words})


def link_hash(before: str, chain: str, number: int, row: tuple[str, int], digest: str, words: str) -> str:
    """The hash of a link, which holds all links before it."""
    return sha256([before, chain, number, FORM, *row, digest, words])


def sha256(value: Any) -> str:
    text = json.dumps(plain(value), sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def plain(value: Any) -> Any:
    """A value as JSON has it, the same before it is stored and after it is read back, on both databases."""
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [plain(item) for item in value]
    return value
