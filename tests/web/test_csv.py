import csv
import io

import pytest

from fundflow.web.csv import csv_text, safe_cell


@pytest.mark.parametrize("text", ["=1+1", "+44", "-1", "@cmd", "\t=1", "\r=1", "\n=1", "  =1"])
def test_text_that_a_spreadsheet_would_carry_out_gets_an_apostrophe(text: str) -> None:
    assert safe_cell(text) == "'" + text


@pytest.mark.parametrize("value", ["Larkfield", "3000.00", "a=b", "", 12, -12, 0])
def test_everything_else_stays_as_it_is(value: object) -> None:
    assert safe_cell(value) == value


def test_nothing_is_an_empty_cell() -> None:
    assert safe_cell(None) == ""


def test_commas_quotation_marks_and_lines_survive() -> None:
    row = ['Christ Church, "Hampstead"', "two\nlines", "à"]
    text = csv_text(["a", "b", "c"], [row])
    assert list(csv.reader(io.StringIO(text))) == [["a", "b", "c"], row]
