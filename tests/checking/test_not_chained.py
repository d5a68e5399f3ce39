"""Every table is chained, or says why not."""

from collections import Counter

import pytest

from fundflow.chain.canonical import CHAINED, OF_TABLES
from fundflow.chain.not_chained import NOT_CHAINED, REASONS
from fundflow.extensions import Base

pytestmark = pytest.mark.one_database
# Of these a table that holds money must not be: nothing that is chained says what they say.
UNPROVED = ("It is the chain.", "Only added to", "Accounts, places", "Made from other tables")


def test_every_table_is_chained_or_says_why_not() -> None:
    named = [table for tables in REASONS.values() for table in tables.split()]
    assert [table for table, times in Counter(named).items() if times > 1] == []
    assert set(OF_TABLES) & set(NOT_CHAINED) == set()
    assert set(Base.metadata.tables) - set(OF_TABLES) - set(NOT_CHAINED) == set(), "chain it, or say why not"
    assert set(NOT_CHAINED) <= set(Base.metadata.tables)


def test_a_table_of_money_that_is_not_chained_is_proved_by_one_that_is() -> None:
    for table, why in NOT_CHAINED.items():
        if any("pence" in column.name for column in Base.metadata.tables[table].columns):
            assert not why.startswith(UNPROVED), table


def test_what_a_chain_holds_are_columns_of_its_tables() -> None:
    for model, kept in CHAINED.items():
        assert set(kept.facts) | set(kept.words) <= set(model.__table__.columns.keys()), model
        assert not set(kept.facts) & set(kept.words), model
