"""Days and times in words: on a clock in London, and formatted nowhere else."""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any

import pytest

from fundflow.workflow.date_words import clock_time, day_month, day_words, moment_words, short_day

pytestmark = pytest.mark.one_database

ROOT = Path(__file__).resolve().parents[2]
FORMAT = re.compile(r"strftime|:%[-A-Za-z]|[\"'][^\"'\n]*%-?[aAbBdHImMyY](?![a-z])[^\"'\n]*[\"']")
# The place itself; what the demonstration writes as other programs do; and bytes of a PDF.
MAY = {
    "fundflow/workflow/date_words.py",
    "fundflow/demo/after_award.py",
    "fundflow/demo/coming_back.py",
    "fundflow/demo/particular_bids.py",
    "fundflow/demo/answering.py",
}
MAY |= {"fundflow/demo/papers.py"}

LATE = datetime(2027, 7, 8, 23, 5, tzinfo=UTC)  # five past midnight in London


@pytest.mark.parametrize(
    ("form", "given", "words"),
    [
        (day_words, date(2027, 2, 9), "9 February 2027"),
        (day_words, LATE, "9 July 2027"),
        (day_month, date(2027, 2, 9), "9 February"),
        (day_month, LATE, "9 July"),
        (short_day, date(2027, 2, 9), "9 Feb"),
        (short_day, LATE, "9 Jul"),
        (moment_words, LATE, "9 July 2027 at 00:05"),
        (clock_time, LATE, "00:05"),
        (clock_time, time(9, 5), "09:05"),
    ],
)
def test_days_and_times_in_words(form: Callable[[Any], str], given: Any, words: str) -> None:
    assert form(given) == words


def test_no_page_and_no_module_formats_a_date_by_itself() -> None:
    files = [*(ROOT / "fundflow").rglob("*.py"), *(path for path in (ROOT / "templates").rglob("*.*"))]
    found = [
        f"{path.relative_to(ROOT)}: {line.strip()}"
        for path in files
        if str(path.relative_to(ROOT)) not in MAY
        for line in path.read_text(encoding="utf-8").splitlines()
        if FORMAT.search(line)
    ]
    assert len(files) > 500
    assert found == []
