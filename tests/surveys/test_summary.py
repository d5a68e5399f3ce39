"""What a survey found: whole, and as schools read it, where no hidden count can be worked out."""

from collections import Counter
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fundflow.models.survey import QuestionKind, SurveyQuestion
from fundflow.rules.small_numbers import Cell, Mark
from fundflow.rules.survey_summary import Finding, Phase, Reply, Row, Summary, summary_of, together
from tests.reports.test_small_numbers import consistent

C = Mark.HIDDEN
PRIMARY, SECONDARY, SPECIAL = 2, 4, 0
K = QuestionKind


def question(kind: QuestionKind = K.CHOICE, **values: Any) -> SurveyQuestion:
    given_ = {"id": 1, "kind": kind, "text": "What do you think?", "options": [], "services": [], **values}
    return SurveyQuestion(**given_)


def replies(*groups: tuple[int, int, Any]) -> list[Reply]:
    """So many schools of a phase with one answer to question 1, None for none."""
    answers = [(phase, answer) for number, phase, answer in groups for _ in range(number)]
    return [
        Reply(f"School {n}", f"{100_000 + n}", phase, {} if answer is None else {"1": answer})
        for n, (phase, answer) in enumerate(answers)
    ]


def found(asked: SurveyQuestion, *groups: tuple[int, int, Any], shared: bool = True) -> Summary:
    return summary_of([asked], replies(*groups), asked=47, shared=shared)


def cells(summary: Summary) -> dict[str, tuple[Cell, ...]]:
    return {row.answer: row.cells for *_, row in summary.rows}


YES_NO = {"options": ["Yes", "No"]}


def test_staff_read_whole_figures_by_phase() -> None:
    groups = ((20, PRIMARY, "Yes"), (3, PRIMARY, "No"), (1, SPECIAL, None))
    summary = found(question(**YES_NO), *groups, shared=False)
    assert (summary.asked, summary.answered) == (47, 24)
    assert summary.phases == (Phase("Primary", 23), Phase("Other", 1))
    assert cells(summary) == {"Yes": (20, 20, 0), "No": (3, 3, 0), "No answer": (1, 0, 1)}
    assert summary.marks == []


def test_shared_figures_hide_one_to_five_and_what_would_give_them_away() -> None:
    summary = found(
        question(options=["A", "B", "C", "D"]), (20, PRIMARY, "A"), (8, PRIMARY, "B"), (3, PRIMARY, "C")
    )
    assert summary.phases == ()
    assert cells(summary) == {"A": (20,), "B": (C,), "C": (C,), "D": (0,)}
    assert summary.marks == [C]


def test_every_school_of_one_mind_is_shown() -> None:
    assert cells(found(question(**YES_NO), (31, PRIMARY, "Yes"))) == {"Yes": (31,), "No": (0,)}


def test_an_answer_that_is_missing_is_a_count_too() -> None:
    summary = found(question(**YES_NO), (20, PRIMARY, "Yes"), (9, PRIMARY, "No"), (2, PRIMARY, None))
    assert cells(summary) == {"Yes": (20,), "No": (C,), "No answer": (C,)}


def test_of_several_options_who_did_not_choose_one_is_hidden_too() -> None:
    asked = question(K.SEVERAL, options=["A", "B", "C"])
    groups = ((20, PRIMARY, ["A", "B"]), (8, PRIMARY, ["A"]), (3, PRIMARY, ["B"]))
    assert cells(found(asked, *groups)) == {"A": (C,), "B": (23,), "C": (0,)}
    assert cells(found(asked, *groups, shared=False)) == {"A": (28,), "B": (23,), "C": (0,)}


def test_a_scale_has_a_row_a_number() -> None:
    assert cells(found(question(K.SCALE), (10, PRIMARY, 4), (9, PRIMARY, 5))) == {
        "1": (0,),
        "2": (0,),
        "3": (0,),
        "4": (10,),
        "5": (9,),
    }


def test_each_service_is_a_table_of_its_own() -> None:
    asked = question(K.LIKELY, services=[[7, "Clerking"], [9, "Phonics"]])
    summary = found(
        asked,
        (12, PRIMARY, {"7": "very_likely", "9": "not_likely"}),
        (9, PRIMARY, {"7": "likely"}),
        (2, PRIMARY, {"7": "dont_know", "9": "not_likely"}),
    )
    clerking, phonics = summary.findings[0].blocks
    assert (clerking.about, phonics.about) == ("Clerking", "Phonics")
    assert [row.cells[0] for row in clerking.rows] == [12, C, 0, C, 0]
    assert [row.cells[0] for row in phonics.rows] == [0, 0, 14, 0, 9]
    assert [row.answer for row in phonics.rows] == [
        "Very likely",
        "Likely",
        "Not likely",
        "Don’t know",
        "No answer",
    ]


def test_free_text_is_for_the_councils_people_alone() -> None:
    asked = question(K.TEXT)
    groups = ((1, PRIMARY, " More clerks. "), (7, PRIMARY, ""), (2, PRIMARY, None))
    whole: Finding = found(asked, *groups, shared=False).findings[0]
    assert [(text.school, text.words) for text in whole.texts] == [("School 0", "More clerks.")]
    assert found(asked, *groups).findings[0].texts == ()
    assert found(asked, *groups).rows == []


def test_where_five_schools_or_fewer_answered_nothing_is_shared() -> None:
    summary = found(question(**YES_NO), (5, PRIMARY, "Yes"))
    assert (summary.answered, summary.findings) == (C, ())
    assert found(question(**YES_NO), (6, PRIMARY, "Yes")).answered == 6


def test_without_answers_there_is_nothing_to_hide() -> None:
    assert found(question(**YES_NO)) == Summary(47, 0, (), (), True)


@pytest.mark.parametrize(
    ("sizes", "phases"),
    [
        ((20, 9, 7), [("Primary", 20), ("Secondary", 9), ("Other", 7)]),
        ((20, 9, 5), [("Primary", 20), ("Other", 14)]),  # the next larger stands with the few
        ((20, 5, 7), [("Primary", 20), ("Other", 12)]),
        ((20, 4, 1), []),  # all together
        ((20, 3, 3), [("Primary", 20), ("Other", 6)]),
        ((20, 0, 0), []),
    ],
)
def test_phases_of_which_few_answered_stand_together(
    sizes: tuple[int, int, int], phases: list[tuple[str, int]]
) -> None:
    groups = [(n, phase, "Yes") for n, phase in zip(sizes, (PRIMARY, SECONDARY, SPECIAL), strict=True)]
    assert [tuple(phase) for phase in found(question(**YES_NO), *groups).phases] == phases


def test_a_table_that_would_hide_how_many_answered_is_not_shown_by_phase() -> None:
    """How many schools of a phase answered stands above every question."""
    options = list("ABCDEF")
    primaries = [(1, PRIMARY, option) for option in options]  # so the count of primary schools says them all
    summary = found(question(options=options), *primaries, (9, SECONDARY, "A"), (9, SECONDARY, "B"))
    assert summary.phases == (Phase("Primary", 6), Phase("Secondary", 18))
    rows = cells(summary)
    assert {row[1:] for row in rows.values()} == {(C, C)}
    assert [row[0] for row in rows.values()].count(10) == 1
    assert [row[0] for row in rows.values()].count(C) == 5


@pytest.mark.parametrize(
    ("counts", "sum_"),
    [
        ((9, 7, 15), 16),
        ((C, C, 15), 16),  # the others say it
        ((19, C, C), C),
        ((C, C, C), C),
        ((0, 0, 31), 0),
    ],
)
def test_a_sum_is_shown_only_where_what_is_shown_says_it(counts: tuple[Cell, ...], sum_: Cell) -> None:
    rows = [Row(answer, (count,)) for answer, count in zip(OPTIONS, counts, strict=True)]
    assert together(rows, ("A", "B"), 31) == sum_
    assert together([], ("A", "B"), C) == 0


OPTIONS = ["A", "B", "C"]
GROUPS = st.lists(st.tuples(st.sampled_from([PRIMARY, SECONDARY]), st.sampled_from(OPTIONS)), max_size=17)


@given(GROUPS)
@settings(deadline=None, max_examples=120)
def test_no_hidden_count_can_be_worked_out(answers: list[tuple[int, str]]) -> None:
    """Whoever reads the page with all its tables knows how many schools answered, of each phase too."""
    summary = found(question(options=OPTIONS), *((1, phase, answer) for phase, answer in answers))
    columns = list(zip(*cells(summary).values(), strict=True))
    if not columns:
        assert len(answers) <= 5
        return
    whole, *by_phase = columns
    assert all(cell is C for column in columns for cell in column if isinstance(cell, int) and 1 <= cell <= 5)
    totals: list[Cell] = [*whole, len(answers)]
    if all(cell is C for cell in whole):
        return  # nothing is shown
    if by_phase and all(cell is C for column in by_phase for cell in column):
        by_phase = []
    sizes = [phase.answered for phase in summary.phases]
    rows = [[*column, size] for column, size in zip(by_phase, sizes, strict=False)] or [totals]
    assert_open([*rows, totals], Counter(answers))


def assert_open(shown: list[list[Cell]], of: Any) -> None:
    hidden = [(r, c) for r, row in enumerate(shown) for c, cell in enumerate(row) if cell is C]
    could_be: dict[tuple[int, int], set[int]] = {place: set() for place in hidden}
    for table in consistent(shown, most=17):
        for r, c in hidden:
            could_be[r, c].add(table[r][c])
        if all(len(numbers) > 1 for numbers in could_be.values()):
            return
    assert not hidden, f"{of} gives away {[place for place, n in could_be.items() if len(n) < 2]}"
