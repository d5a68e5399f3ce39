"""Every column that can hold what somebody wrote says whose it is."""

import pytest

from fundflow.personal.registry import REGISTRY, Held, Kind, holds_text, tables, whose


@pytest.mark.parametrize("name", sorted(tables()))
def test_every_column_of_text_is_classified(name: str) -> None:
    table = tables()[name]
    columns = {column.name for column in table.columns if holds_text(column)}
    held = REGISTRY.get(name)
    assert held is not None or not (columns or whose(table)), f"say in REGISTRY whose {name} is"
    if held:
        assert set(held.columns) == columns, f"classify the columns of {name}"
        assert not held.through or held.through in table.columns


def test_nothing_is_classified_that_is_not_there() -> None:
    assert set(REGISTRY) <= set(tables())


def test_a_detail_stands_beside_the_address_it_belongs_to() -> None:
    beside = {n for n, h in REGISTRY.items() if Kind.DETAIL in h.columns.values()} - {"history_words"}
    assert all(Kind.EMAIL in REGISTRY[name].columns.values() for name in beside)


@pytest.mark.parametrize(("name", "held"), REGISTRY.items())
def test_words_of_others_are_words_and_their_writer_is_a_person_of_the_row(name: str, held: Held) -> None:
    assert all(held.columns[column] is Kind.WORDS for column in held.others)
    assert {writer for writer in held.others.values() if writer} <= set(whose(tables()[name]))
