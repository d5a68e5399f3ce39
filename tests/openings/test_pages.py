"""The pages of awards already running: one award on a page, many from a file, and confirming them."""

import csv
import html
import io
import re
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from fundflow.impact import operations as impact
from fundflow.models.opening import Opening
from fundflow.models.person import RoleName
from fundflow.openings import reading
from fundflow.workflow.engine import Refused
from fundflow.workflow.opening import OpeningState
from tests.factories import Make
from tests.openings.conftest import Council
from tests.payments.conftest import LATER

pytestmark = pytest.mark.usefixtures("today")

SignIn = Callable[[Any], FlaskClient]


def days(name: str, text: str) -> dict[str, str]:
    return dict(zip((f"{name}-day", f"{name}-month", f"{name}-year"), text.split("/"), strict=True))


def typed(council: Council, **changes: str) -> dict[str, str]:
    return {
        "urn": council.school.urn,
        "title": "Reading support",
        **days("start_on", "1/9/2026"),
        **days("end_on", "16/7/2027"),
        "minute_reference": "SF/12",
        **days("minuted_on", "9/7/2026"),
        "pence": "3,000",
        **days("up_to", "31/12/2026"),
        "staff": "1",
        "costs": "1",
        "what_s0": "Assistant head",
        "staff_code_s0": "ah1",
        "releasing_s0": council.provider.urn,
        "half_days_s0": "6",
        "day_rate_pence_s0": "350",
        "earned_s0": "2.5",
        "paid_s0": "875",
        "cost_c0": "travel",
        "what_c0": "Train tickets",
        "cost_pence_c0": "900",
        "earned_c0": "60",
        **changes,
    }


def page_of(council: Council, kind: str = "enter") -> str:
    return f"/money/openings/{kind}/{council.fund.id}"


def made(make: Make) -> list[Opening]:
    return list(make.session.scalars(select(Opening).order_by(Opening.id)))


def test_one_award_is_entered_on_a_page_and_confirmed(council: Council, sign_in: SignIn) -> None:
    client = sign_in(council.owen)
    assert "Enter an award already running" in client.get(page_of(council)).text
    answer = client.post(page_of(council), data=typed(council))
    (opening,) = made(council.make)
    assert (answer.status_code, answer.location) == (302, opening.path)
    (award,) = opening.awards
    assert award.lines == council.award().lines
    page = client.get(opening.path).text
    assert "You entered this, so another person must confirm it" in page
    step = f"{opening.path}/steps/confirm"
    assert client.post(step, data={"version": "1"}).status_code == 409
    assert sign_in(council.fatima).post(step, data={"version": "1"}).location == opening.path
    council.make.session.refresh(opening)
    assert opening.state is OpeningState.CONFIRMED
    reference = opening.awards[0].bid.reference
    for who, path, words in (
        (council.fatima, opening.path, reference),
        (council.head, f"/bids/{reference}", "Funded: support under way"),
        (council.head, f"/bids/{reference}/money", "£875.00"),
        (council.head, f"/bids/{reference}/days", "2.5 confirmed of 6"),
        (council.head, f"/bids/{reference}/days", "counted as the award was entered here"),
        (council.officer, f"/bids/{reference}/history", "Entered an award already running"),
        (council.owen, "/money/ledger", "Opening balance"),
    ):
        answer = sign_in(who).get(path)
        assert (answer.status_code, words in answer.text) == (200, True), (path, words)


def test_every_page_of_such_a_bid_opens_before_and_after_its_end(council: Council, sign_in: SignIn) -> None:
    bid = council.entered()
    council.make.staff(RoleName.IMPACT_OFFICER)
    people = (council.head, council.provider_head, council.officer, council.fatima)
    for ended in (False, True):
        if ended:
            impact.end_delivery(bid, "finish_delivery", user=council.officer, now=LATER, version=bid.version)
        for who in people:
            client, front = sign_in(who), f"/bids/{bid.reference}"
            tabs = set(re.findall(rf'href="({front}[^"#?]*)"', client.get(front).text))
            assert len(tabs) > 3
            for path in tabs:
                assert client.get(path).status_code in (200, 302), path


def test_what_was_paid_before_is_put_right_from_its_page(council: Council, sign_in: SignIn) -> None:
    (claim,) = council.entered().claims
    client, path = sign_in(council.owen), f"/bids/{claim.bid.reference}/claims/{claim.number}"
    assert "This was paid before the award was entered here" in client.get(path).text
    page = client.get(f"{path}/reverse").text
    assert "How much was paid before?" in page
    answer = client.post(
        f"{path}/reverse", data={"version": str(claim.version), "right": "0", "reason": "Misread"}
    )
    assert answer.status_code == 302
    page = sign_in(council.fatima).get(path).text
    assert "£0.00 was paid before, not £875.00. Misread" in page


def test_what_was_earned_before_is_corrected_from_the_page_of_its_entry(
    council: Council, sign_in: SignIn
) -> None:
    bid = council.entered()
    opening = made(council.make)[0]
    client = sign_in(council.owen)
    path = f"{opening.path}/lines/{bid.award.lines[0].id}/correct"
    assert f'href="{path}"' in client.get(opening.path).text
    assert "How many days had been worked?" in client.get(path).text
    answer = client.post(path, data={"version": str(bid.version), "right": "2.25", "reason": "Misread"})
    assert answer.status_code == 422
    assert "Misread" in answer.text
    assert client.post(path, data={"version": str(bid.version), "right": "0", "reason": "Misread"}).location
    page = sign_in(council.fatima).get(opening.path).text
    step = re.search(r'href="(/money/openings/corrections/\d+/steps/confirm)"', page)
    assert step
    confirm = sign_in(council.fatima).get(step[1]).text
    assert "2.5 days entered as earned before. Right is 0 days. Why: Misread" in html.unescape(confirm)
    sign_in(council.fatima).post(step[1], data={"version": "2"})
    page = sign_in(council.officer).get(opening.path).text
    assert "2.5 days to 0 days" in page
    assert "Confirmed" in page
    assert "/correct" not in page
    assert sign_in(council.head).get(path).status_code == 403


def test_who_confirms_sees_all_that_was_entered(council: Council, sign_in: SignIn) -> None:
    head = {"contact_name": "Mina Hart", "contact_email": "mina@meadow.example"}
    client = sign_in(council.officer)
    preview = send(client, council, *rows_of(council, on_cost_basis_points="28.68", **head)).text
    sent_on(client, council, preview)
    (opening,) = made(council.make)
    for page in (preview, sign_in(council.fatima).get(opening.path).text):
        text = " ".join(html.unescape(page).split())
        assert "Mina Hart, mina@meadow.example" in text
        assert "6 days at £350.00 + 28.68%, released by Oak Primary, 2.5 days worked" in text
        assert "£875.00 paid" in text


def test_another_line_is_added_and_nothing_typed_is_lost(council: Council, sign_in: SignIn) -> None:
    client = sign_in(council.owen)
    for more, field in (("staff", "what_s1"), ("costs", "what_c1")):
        page = client.post(page_of(council), data=typed(council, more=more))
        assert page.status_code == 200
        assert f'name="{field}"' in page.text
        assert 'value="Assistant head"' in page.text
        assert "There is a problem" not in page.text
    assert made(council.make) == []


def test_no_more_lines_are_added_than_are_read(council: Council, sign_in: SignIn) -> None:
    client = sign_in(council.owen)
    page = client.post(page_of(council), data=typed(council, staff="10", more="staff", what_s9="Tenth"))
    assert 'name="what_s9" type="text"' in page.text
    assert ('name="what_s10"' in page.text, 'value="Tenth"' in page.text) == (False, True)


WRONG = [
    ({"urn": ""}, "Select the school"),
    ({"urn": "999999"}, "school"),
    ({"title": ""}, "Enter the title"),
    ({"minute_reference": ""}, "Enter the reference of the minute that awarded it"),
    ({"pence": "lots"}, "The award must be a number"),
    ({"pence": "99999999999"}, "must be between"),
    (
        {"end_on-year": "2026", "end_on-month": "12", "end_on-day": "31"},
        "The support ended on 31 December 2026",
    ),
    ({"earned_s0": "7"}, "7 days are more than 110% of the 6 days of this line"),
    ({"paid_s0": "3001"}, "£3,001.00 is paid, but only £3,000.00 of the award"),
    ({"what_s0": ""}, "Enter the role"),
    ({"half_days_s0": "6.25"}, "Days can have at most 1 decimal place"),
    ({"half_days_s0": "-2"}, "Days must be between 0.5 and 400"),
    ({"cost_c0": ""}, "Select what the cost is for"),
    ({"staff_code_s0": "12-34-56"}, "Bank details are never kept here"),
]


@pytest.mark.parametrize(("changes", "words"), WRONG)
def test_what_is_wrong_is_said_beside_its_field_and_nothing_is_lost(
    council: Council, sign_in: SignIn, changes: dict[str, str], words: str
) -> None:
    page = sign_in(council.owen).post(page_of(council), data=typed(council, **changes))
    assert page.status_code == 422
    text = html.unescape(page.text)
    assert words in text
    assert "There is a problem" in text
    assert 'value="Train tickets"' in text
    assert made(council.make) == []


def test_what_a_cost_is_has_the_length_that_a_file_takes(council: Council, sign_in: SignIn) -> None:
    page = sign_in(council.owen).post(page_of(council), data=typed(council, what_c0="x" * 121))
    assert (page.status_code, made(council.make)) == (422, [])


def test_an_award_without_lines_is_refused(council: Council, sign_in: SignIn) -> None:
    empty = {name: "" for name in typed(council) if name.endswith(("_s0", "_c0"))}
    page = sign_in(council.owen).post(page_of(council), data=typed(council, **empty))
    assert "Enter at least one member of staff or another cost" in page.text


def test_a_school_without_a_head_asks_for_its_name_and_address(council: Council, sign_in: SignIn) -> None:
    school = council.make.school("Meadow School")
    council.make.session.commit()
    client = sign_in(council.owen)
    page = html.unescape(client.post(page_of(council), data=typed(council, urn=school.urn)).text)
    assert "Nobody leads Meadow School with an account here: enter its head’s name and address" in page
    head = {"contact_name": "Mina Hart", "contact_email": "Mina@meadow.example"}
    assert client.post(page_of(council), data=typed(council, urn=school.urn, **head)).status_code == 302
    assert made(council.make)[0].awards[0].contact_email == "mina@meadow.example"


# -- a file ----------------------------------------------------------------------------------------


def rows_of(council: Council, **changes: str) -> list[dict[str, str]]:
    """The two lines of an award, as rows of a file."""
    first = {
        "urn": council.school.urn,
        "title": "Reading support",
        "start_on": "2026-09-01",
        "end_on": "16/7/2027",
        "minute_reference": "SF/12",
        "minuted_on": "2026-07-09",
        "pence": "3,000.00",
        "up_to": "2026-12-31",
        "cost": "days",
        "what": "Assistant head",
        "staff_code": "AH1",
        "releasing": council.provider.urn,
        "half_days": "6",
        "day_rate_pence": "£350",
        "earned": "2.5",
        "paid": "875",
    }
    second = {
        "urn": council.school.urn,
        "title": "Reading support",
        "cost": "Travel",
        "what": "Train tickets",
        "cost_pence": "900",
        "earned": "60",
    }
    return [first | changes, second]


def file_of(*rows: dict[str, str]) -> bytes:
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(reading.COLUMNS.values())
    writer.writerows([row.get(name, "") for name in reading.COLUMNS] for row in rows)
    return out.getvalue().encode()


def send(client: FlaskClient, council: Council, *rows: dict[str, str], data: bytes = b"") -> Any:
    file = (io.BytesIO(data or file_of(*rows)), "awards.csv")
    return client.post(page_of(council, "upload"), data={"file": file})


def sent_on(client: FlaskClient, council: Council, page: str) -> Any:
    """The button under the preview."""
    found = {name: re.search(rf'name="{name}" value="([^"]*)"', page) for name in ("name", "rows")}
    back = {name: html.unescape(match[1]) for name, match in found.items() if match}
    return client.post(f"{page_of(council, 'upload')}/enter", data=back)


def test_a_file_is_looked_at_entered_and_confirmed_as_one(council: Council, sign_in: SignIn) -> None:
    client = sign_in(council.officer)
    other = rows_of(council, title="Maths", minute_reference="SF/13")[:1]
    page = send(client, council, *rows_of(council), *({**row, "pence": "2100"} for row in other))
    assert page.status_code == 200
    assert "2 awards to enter" in page.text
    assert made(council.make) == []
    answer = sent_on(client, council, page.text)
    (opening,) = made(council.make)
    assert answer.location == opening.path
    assert [(a.title, a.pence, a.paid) for a in opening.awards] == [
        ("Reading support", 300_000, 87_500),
        ("Maths", 210_000, 87_500),
    ]
    assert opening.awards[0].lines == council.award().lines
    answer = sign_in(council.owen).post(f"{opening.path}/steps/confirm", data={"version": "1"})
    assert answer.location == opening.path
    assert [a.bid.awarded_pence for a in made(council.make)[0].awards] == [300_000, 210_000]


def test_the_same_file_again_changes_nothing(council: Council, sign_in: SignIn) -> None:
    client = sign_in(council.officer)
    first = send(client, council, *rows_of(council))
    sent_on(client, council, first.text)
    page = send(client, council, *rows_of(council))
    assert page.status_code == 422
    assert "is entered already, and waits to be confirmed" in page.text
    again = sent_on(client, council, first.text)  # from the first page, still open in another window
    (opening,) = made(council.make)
    assert (again.status_code, again.location) == (302, opening.path)
    other = sent_on(sign_in(council.owen), council, first.text)
    assert other.status_code == 422
    assert len(made(council.make)) == 1


BAD: list[tuple[dict[str, str], str]] = [
    ({"urn": "999999"}, "URN: we hold no school with “999999”"),
    ({"urn": ""}, "URN: it is empty"),
    ({"releasing": "999999"}, "Released from: we hold no school with “999999”"),
    ({"start_on": "yesterday"}, "Start: “yesterday” is no date"),
    ({"end_on": "2026-12-31"}, "End: The support ended on 31 December 2026"),
    ({"minute_reference": ""}, "Minute: it is empty"),
    ({"minuted_on": "2027-02-01"}, "Minuted on: The date of the minute must be today or in the past"),
    ({"pence": "1e9"}, "Awarded: The award must be a number"),
    ({"pence": "99,999,999,999"}, "Awarded: The award must be between"),
    ({"pence": "3000.01"}, "Awarded: The award is £3,000.01, but its lines come to £3,000.00"),
    ({"paid": "3000.01"}, "Paid: £3,000.01 is paid, but only £3,000.00 of the award"),
    ({"earned": "7"}, "Earned: 7 days are more than 110% of the 6 days of this line"),
    ({"half_days": "6.3"}, "Days: Days must be in whole or half days"),
    ({"half_days": ""}, "Days: it is empty"),
    ({"day_rate_pence": "0"}, "Day rate: The day rate must be between"),
    ({"cost_pence": "5"}, "Cost: days have none"),
    ({"cost": "Equipment"}, "Kind: “Equipment” is none of Days, Travel, Materials, Venue"),
    ({"what": "=HYPERLINK(1)"}, "Role or cost: it begins like a formula, with ="),
    ({"title": "x" * 141}, "Title: it has more than 140 characters"),
    ({"staff_code": "12-34-56"}, "Staff code: Bank details are never kept here"),
    ({"contact_email": "nobody"}, "Head’s email: "),
]


@pytest.mark.parametrize(("changes", "words"), BAD)
def test_a_bad_row_is_said_and_nothing_is_entered(
    council: Council, sign_in: SignIn, changes: dict[str, str], words: str
) -> None:
    client = sign_in(council.owen)
    page = send(client, council, *rows_of(council, **changes))
    assert page.status_code == 422
    assert words in html.unescape(page.text)
    assert made(council.make) == []


def test_an_award_that_stands_twice_in_a_file_is_named(council: Council, sign_in: SignIn) -> None:
    again = rows_of(council, title="Reading support again")[0]
    rows = [*rows_of(council), {**again, "half_days": "9", "paid": "0"}]
    page = html.unescape(send(sign_in(council.owen), council, *rows).text)
    assert "Row 4, Larkfield Infant School" in page
    assert "Title: This award of Larkfield Infant School is entered twice here" in page
    with pytest.raises(Refused, match="is entered twice here"):
        council.enter(council.award(), council.award())


@pytest.mark.parametrize(
    ("name", "email", "words"),
    [
        ("Mina Hart", "mina@hill.example", "Head’s name: This name is that of the head of Meadow School too"),
        (
            "Ann Vale",
            "Mina@meadow.example",
            "Head’s email: This address is that of the head of",
        ),
    ],
)
def test_two_new_heads_of_a_file_are_told_apart(
    council: Council, sign_in: SignIn, name: str, email: str, words: str
) -> None:
    rows = []
    for school, head in (
        ("Meadow School", ("Mina Hart", "mina@meadow.example")),
        ("Hill School", (name, email)),
    ):
        urn = council.make.school(school).urn
        rows.append(rows_of(council, urn=urn, contact_name=head[0], contact_email=head[1])[0])
    council.make.session.commit()
    page = html.unescape(send(sign_in(council.owen), council, *({**r, "pence": "2100"} for r in rows)).text)
    assert "1 of 2 rows is wrong" in page
    assert words in page


def test_a_line_that_stands_twice_in_an_award_is_named(council: Council, sign_in: SignIn) -> None:
    first, _ = rows_of(council)
    page = html.unescape(send(sign_in(council.owen), council, first, {**first, "staff_code": "ah 1"}).text)
    assert "Row 3, Larkfield Infant School" in page
    assert "Staff code: Another line has AH 1 at this day rate already" in page


def test_an_award_whose_rows_differ_is_refused(council: Council, sign_in: SignIn) -> None:
    first, second = rows_of(council)
    page = send(sign_in(council.owen), council, first, {**second, "pence": "5"})
    assert "Awarded: it differs from row 2, the same award" in page.text


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"URN,Title\n1,2\n", "The file lacks these columns"),
        (b'"', "can’t be read as CSV"),
        (file_of(), "The file has no rows below its headings"),
        (file_of(*[{"urn": "1"}] * 1_001), "The file has 1,001 rows"),
    ],
)
def test_what_is_no_file_of_awards_is_refused(
    council: Council, sign_in: SignIn, data: bytes, words: str
) -> None:
    page = send(sign_in(council.owen), council, data=data)
    assert (page.status_code, words in html.unescape(page.text)) == (422, True)


def test_a_file_above_what_the_fund_holds_says_so(council: Council, sign_in: SignIn) -> None:
    client = sign_in(council.owen)
    row = rows_of(council, half_days="40", pence="10000.01", paid="0")[0]
    page = send(client, council, row)
    assert page.status_code == 409
    assert "It does not reach for “Reading support”" in page.text


def test_the_template_can_be_filled_in(council: Council, sign_in: SignIn) -> None:
    text = sign_in(council.owen).get("/money/openings/template.csv").get_data(as_text=True)
    rows = list(csv.reader(io.StringIO(text.lstrip("\ufeff"))))
    rows[1][0] = council.school.urn
    out = io.StringIO(newline="")
    csv.writer(out).writerows(rows)
    page = send(sign_in(council.owen), council, data=out.getvalue().encode())
    assert (page.status_code, "1 award to enter" in page.text) == (200, True)


# -- who -------------------------------------------------------------------------------------------


def test_a_fund_of_others_is_not_found(council: Council, make: Make, sign_in: SignIn) -> None:
    user = make.user("Ona")
    make.role(user, RoleName.FINANCE, fund=make.fund())
    opening = council.enter()
    client = sign_in(user)
    for path in (page_of(council), page_of(council, "upload"), opening.path, f"{opening.path}/steps/confirm"):
        assert client.get(path).status_code == 404
    assert "awards.csv" not in client.get("/money/openings").text


def test_whoever_can_confirm_finds_it_in_my_work(council: Council, sign_in: SignIn) -> None:
    opening = council.enter()
    assert opening.path in sign_in(council.fatima).get("/work").text
    assert opening.path not in sign_in(council.owen).get("/work").text
    assert opening.path not in sign_in(council.officer).get("/work").text


def test_a_second_click_enters_nothing_twice(council: Council, sign_in: SignIn) -> None:
    client = sign_in(council.owen)
    client.post(page_of(council), data=typed(council))
    answer = client.post(page_of(council), data=typed(council))
    assert (answer.status_code, answer.location) == (302, made(council.make)[0].path)
    page = client.post(page_of(council), data=typed(council, earned_s0="3"))
    assert (page.status_code, "is entered already" in page.text) == (422, True)
    assert council.make.session.scalar(select(func.count(Opening.id))) == 1
