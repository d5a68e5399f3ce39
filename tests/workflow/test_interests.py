"""The words for interests: whatever schools, trusts and people are called, only pronouns change."""

from datetime import date

import pytest

from fundflow.workflow.interests import (
    Bar,
    BarKind,
    Body,
    Tie,
    TieKind,
    bar_of_them,
    bar_to_you,
    ties_of_them,
    ties_to_you,
)

SCHOOL, TRUST = Body(1, "Bayou Primary School"), Body(2, "Your Future Trust")

SAID = {
    BarKind.SCHOOL: (
        "your school, Bayou Primary School, takes part in it",
        "their school, Bayou Primary School, takes part in it",
    ),
    BarKind.TRUST: (
        "your trust, Your Future Trust, runs Bayou Primary School, which takes part in it",
        "their trust, Your Future Trust, runs Bayou Primary School, which takes part in it",
    ),
    BarKind.REGISTERED_SCHOOL: (
        "you registered an interest in Bayou Primary School, which takes part in it",
        "they registered an interest in Bayou Primary School, which takes part in it",
    ),
    BarKind.REGISTERED_TRUST: (
        "you registered an interest in Your Future Trust, which runs Bayou Primary School, which takes part "
        "in it",
        "they registered an interest in Your Future Trust, which runs Bayou Primary School, which takes part "
        "in it",
    ),
    BarKind.DECLARED: ("you declared an interest in it", "they declared an interest in it"),
    BarKind.NAMED: (
        "the school names you in it, and a colleague has to say whether that is an interest",
        "the school names them in it, and a colleague has to say whether that is an interest",
    ),
    BarKind.DISCLOSED: (
        "you have a disclosed interest in it, and nobody who has one has a vote",
        "they have a disclosed interest in it, and nobody who has one has a vote",
    ),
    BarKind.FOUND_LATE: (
        "you have an interest in it that was found after the decision",
        "they have an interest in it that was found after the decision",
    ),
}


@pytest.mark.parametrize("kind", BarKind)
def test_a_bar_is_said_to_its_person_and_of_them_and_survives_json(kind: BarKind) -> None:
    bar = Bar(kind, SCHOOL, TRUST)
    assert (bar_to_you(bar), bar_of_them(bar)) == SAID[kind]
    assert Bar.thawed(bar.frozen()) == bar
    assert Bar.thawed(Bar(kind).frozen()) == Bar(kind)


TIES = [
    (Tie(TieKind.ENTERED), "entered the bid for the school", None),
    (Tie(TieKind.COMMISSIONED), "commissioned this support", None),
    (Tie(TieKind.BROKERED), "brokered the request for support that became this bid", None),
    (
        Tie(TieKind.LOGGED, about=1, others=2, latest=date(2026, 11, 18)),
        "logged 1 contact about this bid and 2 contacts with its schools, the latest on 18 November 2026",
        None,
    ),
    (
        Tie(TieKind.LOGGED, others=1, latest=date(2026, 11, 18)),
        "logged 1 contact with its schools, the latest on 18 November 2026",
        None,
    ),
    (Tie(TieKind.REGISTERED, "{Bayou}"), "registered an interest in {Bayou}", None),
    (
        Tie(TieKind.CLUSTER, "North"),
        "belong to a school of the North cluster, as a school of this bid does",
        "belongs to a school of the North cluster, as a school of this bid does",
    ),
]


@pytest.mark.parametrize(("tie", "to_you", "of_them"), TIES)
def test_a_tie_is_said_to_its_person_and_of_them_and_survives_json(
    tie: Tie, to_you: str, of_them: str | None
) -> None:
    assert ties_to_you([tie]) == to_you
    assert ties_of_them([tie]) == (of_them or to_you)
    assert Tie.thawed(tie.frozen()) == tie
    assert {tie.kind for tie, *_ in TIES} == set(TieKind)
