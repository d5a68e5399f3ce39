"""A layout is a document; its file is written byte for byte as it says."""

import json
from datetime import date
from typing import Any

import pytest

from fundflow.payments.runs.facts import CostLine, Payment, Run
from fundflow.payments.runs.layouts import WrongLayout, read_layout
from fundflow.payments.runs.rendering import CantWrite, cells_of, render
from fundflow.payments.runs.shipped import SHIPPED, shipped


def payment(number: int, **values: Any) -> Payment:
    given: dict[str, Any] = {
        "payment_id": f"LSIF-RUN-3-{number:03}",
        "number": number,
        "claim": "LSIF-0031/C1",
        "bid": "LSIF-0031",
        "school": "Oak School",
        "urn": "100001",
        "payee": "Oak School",
        "route": "Journal",
        "supplier_no": "",
        "cost_centre": "4711",
        "invoice_ref": "",
        "order_no": "",
        "description": "LSIF-0031/C1 Oak School",
        "pence": 300_000,
        "vat": 0,
        "lines": (CostLine("Assistant head", "AH1", 210_000), CostLine("Train tickets", "", 90_000)),
    }
    return Payment(**(given | values))


def run(*payments: Payment) -> Run:
    return Run("LSIF-RUN-3", date(2027, 3, 3), payments, "5ea1")


OAK = payment(1)
TRUST = payment(
    2,
    payee="Łódź & Tŷ Gwyn Trust, Ltd",
    route="BACS to the trust",
    supplier_no="00123",
    cost_centre="",
    invoice_ref="=1+1",
    pence=4_999,
    lines=(CostLine("Head of maths", "HM", 4_999),),
)


def written(slug: str, *payments: Payment) -> bytes:
    return render(read_layout(shipped(slug)), run(*payments)).content


def test_the_plain_csv_is_written_byte_for_byte() -> None:
    assert written("plain_csv", OAK, TRUST) == (
        b"\xef\xbb\xbfrun,payment_id,claim,bid,route,supplier_no,payee,urn,cost_centre_credit,gross,invoice_ref,"
        b"financial_year,description,due_on,seal,status,reason\r\n"
        b"LSIF-RUN-3,LSIF-RUN-3-001,LSIF-0031/C1,LSIF-0031,Journal,,Oak School,100001,4711,3000.00,,2026,"
        b"LSIF-0031/C1 Oak School,2027-03-03,5ea1,,\r\n"
        b"LSIF-RUN-3,LSIF-RUN-3-002,LSIF-0031/C1,LSIF-0031,BACS to the trust,'00123,"
        b'"\xc5\x81\xc3\xb3d\xc5\xba & T\xc5\xb7 Gwyn Trust, Ltd",100001,,49.99,\'=1+1,2026,'
        b"LSIF-0031/C1 Oak School,2027-03-03,5ea1,,\r\n"
    )


def test_the_journal_is_written_byte_for_byte_and_its_rows_add_up_to_nothing() -> None:
    content = written("journal", OAK)
    assert content == (
        b"journal,payment_id,date,cost_centre,subjective,amount,text\r\n"
        b"LSIF-RUN-3,LSIF-RUN-3-001,2027-03-03,4711,INCOME,-3000.00,LSIF-0031/C1 Oak School\r\n"
        b"LSIF-RUN-3,LSIF-RUN-3-001,2027-03-03,FUND,GRANT,2100.00,Assistant head\r\n"
        b"LSIF-RUN-3,LSIF-RUN-3-001,2027-03-03,FUND,GRANT,900.00,Train tickets\r\n"
    )
    amounts = [row.split(b",")[5] for row in content.splitlines()[1:]]
    assert sum(int(amount.replace(b".", b"")) for amount in amounts) == 0


# What the finance system's table of positions says, from and to, both counted; and what stands there.
AP_FIELDS = (
    (1, 25, b"LSIF-RUN-3"),  # batch_id
    (26, 50, b"FUNDFLOW"),  # interface
    (51, 75, b"PI"),  # voucher_type
    (76, 77, b"AP"),  # trans_type
    (78, 102, b"CLIENT"),  # client
    (103, 127, b""),  # account
    (128, 152, b""),  # dim_1
    (153, 177, b""),  # dim_2
    (303, 327, b"0"),  # tax_code
    (353, 377, b"GBP"),  # currency
    (378, 379, b""),  # dc_flag
    (380, 399, b"               -4999"),  # cur_amount
    (400, 419, b"               -4999"),  # amount
    (420, 490, b""),  # number_1, value_1 to value_3
    (491, 745, b"LSIF-0031/C1 Oak School"),  # description
    (746, 753, b"20270303"),  # trans_date
    (754, 761, b"20270303"),  # voucher_date
    (762, 776, b"              2"),  # voucher_no
    (777, 783, b""),  # period, tax_id
    (784, 883, b"LSIF-RUN-3-002"),  # ext_inv_ref
    (884, 1138, b"LSIF-0031/C1"),  # ext_ref
    (1139, 1146, b"20270303"),  # due_date
    (1147, 1244, b""),  # disc_date to status; pay_transfer is 2 wide
    (1245, 1245, b"P"),  # apar_type
    (1246, 1270, b"00123"),  # apar_id
    (1271, 2060, b""),
)
GL_FIELDS = (
    (1, 25, b"LSIF-RUN-3"),
    (26, 50, b"FUNDFLOW"),
    (51, 75, b"PI"),
    (76, 77, b"GL"),
    (78, 102, b"CLIENT"),
    (103, 127, b"ACCOUNT"),
    (128, 152, b"COST CENTRE"),
    (153, 177, b"LSIF-0031"),
    (178, 302, b""),
    (303, 327, b"0"),
    (353, 377, b"GBP"),
    (380, 399, b"               +4999"),
    (400, 419, b"               +4999"),
    (491, 745, b"Head of maths"),
    (746, 753, b"20270303"),
    (754, 761, b"20270303"),
    (762, 776, b"              2"),
    (784, 2060, b""),
)


def test_gl07_stands_where_the_finance_systems_table_says() -> None:
    content = written("gl07", TRUST)
    rows = content.split(b"\r\n")
    assert [len(row) for row in rows] == [2_060, 2_060, 0]
    for row, fields in zip(rows, (AP_FIELDS, GL_FIELDS), strict=False):
        for first, last, held in fields:
            assert row[first - 1 : last] == held.ljust(last - first + 1), (first, last)


def test_an_invoice_of_gl07_and_its_lines_add_up_to_nothing() -> None:
    rows = written("gl07", OAK, TRUST).split(b"\r\n")[:-1]
    assert [row[75:77] for row in rows] == [b"AP", b"GL", b"GL", b"AP", b"GL"]
    assert sum(int(row[379:399]) for row in rows) == 0


FIXED: dict[str, Any] = {
    "name": "Narrow",
    "kind": "fixed",
    "record_width": 30,
    "encoding": "windows-1252",
    "line_end": "lf",
    "header": [
        {"name": "count", "source": "count", "width": 5, "align": "right", "fill": "0"},
        {
            "name": "total",
            "source": "total",
            "width": 12,
            "align": "right",
            "fill": "0",
            "format": "pence",
            "sign": "always",
        },
    ],
    "payment": [
        {"name": "payee", "source": "payee", "width": 20, "cut": True},
        {"name": "day", "source": "approved_on", "place": 21, "width": 10, "format": "dd/mm/yyyy"},
    ],
    "trailer": [{"name": "end", "constant": "END", "width": 3}],
}


def layout(**changes: Any) -> Any:
    return read_layout(json.dumps(FIXED | changes))


def test_fields_of_fixed_width_are_padded_once_encoded() -> None:
    pound = payment(1, payee="£££ Fund")
    assert render(layout(), run(pound)).content == (
        b"00001+00000300000             \n"
        b"\xa3\xa3\xa3 Fund            03/03/2027\n"
        b"END                           \n"
    )
    utf8 = render(layout(encoding="utf-8"), run(pound)).content.split(b"\n")[1]
    assert utf8 == b"\xc2\xa3\xc2\xa3\xc2\xa3 Fund         03/03/2027"


def test_what_is_too_long_is_cut_where_the_layout_says_so_and_else_refused() -> None:
    long = payment(1, payee="Ÿ" * 25)
    assert render(layout(), run(long)).content.split(b"\n")[1][:20] == b"\x9f" * 20
    assert render(layout(encoding="utf-8"), run(long)).content.split(b"\n")[1][:20] == "Ÿ".encode() * 10
    strict = [{**FIXED["payment"][0], "cut": False}]
    with pytest.raises(CantWrite, match="“payee” of LSIF-RUN-3-001 needs 25 characters; the layout has room"):
        render(layout(payment=strict), run(long))


@pytest.mark.parametrize(
    ("name", "held", "is_lost"),
    [
        ("Łódź", b"L\xf3dz", False),
        ("Tŷ Gwyn", b"Ty Gwyn", False),
        ("cafe\u0301", b"caf\xe9", False),
        ("A\u2011B", b"A-B", False),
        ("€5", b"\x805", False),
        ("Ωmega", b"?mega", True),
        ("学校", b"??", True),
        ("Why?", b"Why?", False),
    ],
)
def test_letters_that_windows_lacks_lose_their_accent_or_are_told(
    name: str, held: bytes, is_lost: bool
) -> None:
    found = render(layout(), run(payment(1, payee=name)))
    assert found.content.split(b"\n")[1][:20].rstrip() == held
    assert found.lost == ((name,) if is_lost else ())


def test_the_fields_of_a_fixed_row_are_shown_with_their_places() -> None:
    cells = cells_of(layout(), render(layout(), run(OAK)).content)
    assert [(c.name, c.begins, c.ends, c.text) for c in cells] == [
        ("count", 1, 5, "00001"),
        ("total", 6, 17, "+00000300000"),
    ]


def test_the_same_run_and_layout_give_the_same_bytes() -> None:
    assert all(written(slug, OAK, TRUST) == written(slug, OAK, TRUST) for slug in SHIPPED)


COLUMN = {"name": "id", "source": "payment_id"}
PLAIN: dict[str, Any] = {"name": "Plain", "kind": "delimited", "payment": [COLUMN]}
WRONG = [
    ("[]", "The layout must be one JSON object, in curly brackets."),
    ("{", "The layout can’t be read as JSON: look at line 1."),
    ("[" * 20_000, "The layout can’t be read as JSON: it is nested too deeply."),
    (" " * 40_001, "The layout is too long. It may have 40,000 characters."),
    ("{}", "The layout has no “name”."),
    ({"name": 5}, "The layout: “name” must be a text."),
    ({"kind": "xml"}, "The layout: “kind” must be one of delimited, fixed."),
    ({"colour": "red"}, "The layout has “colour”, which is not known here."),
    ({"encoding": "ebcdic"}, "The layout: “encoding” must be one of utf-8, utf-8-sig, windows-1252."),
    ({"names": 1}, "The layout: “names” must be true or false."),
    ({"routes": ["cash"]}, "“routes” has 'cash', which is none of journal, bacs_own, bacs_trust, supplier."),
    ({"routes": [[]]}, "“routes” has [], which is none of journal, bacs_own, bacs_trust, supplier."),
    ({"payment": []}, "The layout has neither “payment” nor “cost_line” rows, so it would write no payment."),
    ({"payment": ["id"]}, "Column 1 of “payment” must be an object, in curly brackets."),
    ({"payment": [{"source": "payment_id"}]}, "Column 1 of “payment” has no “name”."),
    (
        {"payment": [{**COLUMN, "constant": "x"}]},
        "Column 1 of “payment” has both a “source” and a “constant”.",
    ),
    (
        {"payment": [{**COLUMN, "source": "line_amount"}]},
        "Column 1 of “payment”: “line_amount” is known in cost lines alone.",
    ),
    (
        {"header": [COLUMN]},
        "Column 1 of “header”: “payment_id” is known in payments and their cost lines alone.",
    ),
    ({"payment": [{**COLUMN, "fill": "£"}]}, "Column 1 of “payment”: “fill” must be one plain character."),
    (
        {"payment": [{**COLUMN, "format": "pence"}]},
        "Column 1 of “payment”: “pence” is no format of “payment_id”.",
    ),
    (
        {"payment": [{"name": "x", "constant": "a\nb"}]},
        "Column 1 of “payment”: “constant” holds a character that can’t be seen.",
    ),
    ({"payment": [COLUMN] * 201}, "“payment” has more than 200 columns."),
    ({"kind": "fixed", "record_width": 9}, "Column 1 of “payment” needs a “width” between 1 and 4,000."),
    (
        {"kind": "fixed", "payment": [{**COLUMN, "width": 9}]},
        "A fixed layout needs a “record_width” between 1 and 4,000.",
    ),
    (
        {"kind": "fixed", "record_width": 8, "payment": [{**COLUMN, "width": 9}]},
        "The fields of “payment” end at 9, but a row has 8 characters.",
    ),
    (
        {
            "kind": "fixed",
            "record_width": 20,
            "payment": [{**COLUMN, "width": 9}, {**COLUMN, "place": 9, "width": 2}],
        },
        "“id” of “payment” begins at 9, but the field before it ends at 9.",
    ),
]


@pytest.mark.parametrize(("document", "problem"), WRONG)
def test_a_layout_is_refused_with_what_is_wrong(document: str | dict[str, Any], problem: str) -> None:
    text = document if isinstance(document, str) else json.dumps(PLAIN | document)
    with pytest.raises(WrongLayout) as wrong:
        read_layout(text)
    assert problem in wrong.value.problems


@pytest.mark.parametrize("slug", SHIPPED)
def test_the_layouts_that_come_with_the_service_can_be_read(slug: str) -> None:
    assert read_layout(shipped(slug)).rows


def test_column_names_are_written_in_the_layouts_encoding() -> None:
    names = {"names": True, "encoding": "windows-1252", "payment": [{**COLUMN, "name": "Zahlungsgebühr"}]}
    content = render(read_layout(json.dumps(PLAIN | names)), run(OAK)).content
    assert content.split(b"\r\n")[0] == "Zahlungsgebühr".encode("cp1252")


@pytest.mark.parametrize("where", ["name", "encoding", "colour"])
def test_half_a_character_is_refused(where: str) -> None:
    with pytest.raises(WrongLayout, match="half of a character"):
        read_layout(json.dumps(PLAIN | {where: "\ud800"}))


def test_what_a_spreadsheet_takes_for_a_formula_is_made_safe_unless_the_layout_says_otherwise() -> None:
    column = {"payment": [{"name": "payee", "source": "payee"}]}
    odd = run(payment(1, payee="=1+1"))
    assert render(read_layout(json.dumps(PLAIN | column)), odd).content == b"'=1+1\r\n"
    raw = PLAIN | column | {"safe_cells": False}
    assert render(read_layout(json.dumps(raw)), odd).content == b"=1+1\r\n"
