"""Charts: where marks lie, and what their drawing says to those who don't see it."""

from decimal import Decimal as D

import pytest

from fundflow.web.charts import COLOUR, EDGE, WIDTH, Box, Value, contrast, dumbbell, shades_of


@pytest.mark.parametrize(
    ("baseline", "target", "actual", "places"),
    [
        ("58", "76", "67", (EDGE, WIDTH - EDGE, WIDTH // 2)),
        ("20", "10", "15", (WIDTH - EDGE, EDGE, WIDTH // 2)),  # a falling target lies to the left
        ("0", "50", "100", (EDGE, WIDTH // 2, WIDTH - EDGE)),  # beyond the target
        ("50", "100", "0", (WIDTH // 2, WIDTH - EDGE, EDGE)),  # backwards
    ],
)
def test_marks_lie_on_one_scale(
    baseline: str, target: str, actual: str, places: tuple[int, int, int]
) -> None:
    chart = dumbbell("Phonics", "%", D(baseline), D(target), D(actual))
    assert chart.actual is not None
    assert (chart.baseline.x, chart.target.x, chart.actual.x) == places


def test_its_words_say_all_of_it() -> None:
    chart = dumbbell("Reading", "points", D("-3.50"), D("0.00"), D("-1"))
    assert chart.words == "Reading: baseline −3.5 points, target 0 points, result −1 points"
    assert dumbbell("Phonics", "%", D(58), D(76), None).words == (
        "Phonics: baseline 58%, target 76%, no result yet"
    )


def test_labels_stay_inside_the_drawing() -> None:
    chart = dumbbell("Phonics", "%", D(58), D(76), D(67))
    assert chart.actual is not None
    assert (chart.baseline.anchor, chart.actual.anchor, chart.target.anchor) == ("start", "middle", "end")


@pytest.mark.parametrize("colour", [COLOUR, "#c8102e", "#ffdd00", "#000000", "#ffffff", "#1d70b8", "#4c2c92"])
def test_parts_differ_in_grey_and_letters_on_them_are_legible_whatever_the_colour(colour: str) -> None:
    shades = shades_of(colour)
    for shade, beside in zip(shades, (*shades[1:], shades[0]), strict=True):
        assert contrast(shade, beside) >= 1.7
        assert contrast(Box(Value("Paid", 1, "1"), 0, 0, 9, 9, shade).ink, shade) >= 4.5
