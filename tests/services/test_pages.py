"""The pages: what each reader finds there, what is charged, and that nothing shows where it is off."""

import re
from collections.abc import Callable
from datetime import date
from html import unescape
from types import SimpleNamespace
from typing import Any

import pytest
from flask.testing import FlaskClient

from fundflow.models.service import Service
from fundflow.services import queries
from fundflow.workflow.order import OrderState as S
from tests.factories import Make

SignIn = Callable[[Any], FlaskClient]


def read(client: FlaskClient, path: str) -> str:
    response = client.get(path)
    assert response.status_code == 200, path
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", response.text)).split())


def test_a_head_reads_what_a_service_costs_and_when_the_term_would_begin(
    area: SimpleNamespace, sign_in: SignIn
) -> None:
    text = read(sign_in(area.head), "/services")
    assert "£600.00 a year, without VAT" in text
    assert "Your term would begin on 1 April 2027" in text
    assert "1 September 2027" in read(sign_in(area.academy_head), "/services")
    page = read(sign_in(area.head), area.governors.path)
    assert "3 years: 1 April 2027 to 31 March 2030, £1,800.00 in all, without VAT" in page


def test_the_catalogue_is_searched_by_words_and_by_who_provides(
    area: SimpleNamespace, sign_in: SignIn
) -> None:
    client = sign_in(area.head)
    assert "Clerking" in read(client, "/services?q=clerks+ltd")
    assert "Outreach" in read(client, "/services?q=willow")
    by_school = read(client, "/services?kind=school")
    assert "Outreach" in by_school
    assert "Clerking" not in by_school
    assert "No service matches." in read(client, "/services?q=xyz")


def test_the_catalogue_is_listed_by_name_page_after_page_with_vat_in_words(
    area: SimpleNamespace, make: Make, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    make.service(area.fund, name="audit of safety")
    make.session.commit()
    monkeypatch.setattr(queries, "PAGE", 3)
    client = sign_in(area.head)
    first = client.get("/services").text
    names = re.compile(r'href="/services/\d+">([^<]+)</a>')
    assert names.findall(first) == ["audit of safety", "Clerking", "Governor support"]
    onward = re.search(r'href="(/services\?after=\d+)"', first)
    assert onward is not None
    assert names.findall(client.get(onward[1]).text) == ["Outreach"]
    text = read(client, "/services?q=outreach")
    assert "£185.50 for half a day, each year, without VAT VAT Exempt" in text


@pytest.mark.parametrize(
    ("unit", "pupils", "quantity", "words"),
    [
        ("a pupil", 412, 412, None),
        ("a pupil", 412, 10_000, "You order 10,000 × a pupil, each year. Oak Primary has 412 pupils."),
        ("a pupil", None, 2_001, "Few orders are for more than 2,000."),
        ("a year", 412, 50, None),
        ("a year", 412, 51, "You order 51 a year. Few orders are for more than 50."),
    ],
)
def test_an_unusual_quantity_is_asked_about_before_it_is_placed(
    area: SimpleNamespace,
    make: Make,
    sign_in: SignIn,
    unit: str,
    pupils: int | None,
    quantity: int,
    words: str | None,
) -> None:
    area.oak.pupils = pupils
    area.governors.unit = unit
    order = make.order(area.governors, area.oak, S.DRAFT, quantity=quantity, years=2)
    make.session.commit()
    page = read(sign_in(area.head), f"{order.path}/steps/place")
    cost = f"The whole term costs £{quantity * 2 * 720:,}.00 with VAT. Check that this is right."
    assert (cost in page) is (words is not None)
    assert words is None or words in page


def test_an_officer_adds_a_service_and_schools_read_it(area: SimpleNamespace, sign_in: SignIn) -> None:
    form = {
        "fund": str(area.fund.id),
        "name": "School improvement partner",
        "included": "Three visits.",
        "provider_kind": "council",
        "unit": "a year",
        "price_pence": "1,250",
        "vat_code": "outside",
        "terms": ["1", "3"],
        "kinds": ["maintained"],
    }
    response = sign_in(area.officer).post("/services/add", data=form)
    assert response.status_code == 302
    page = read(sign_in(area.head), response.location)
    assert "£1,250.00 a year, without VAT" in page
    assert "1 or 3 years" in page
    assert "This service is for maintained schools only." in read(
        sign_in(area.academy_head), response.location
    )


def test_a_stale_page_changes_nothing_and_keeps_what_was_typed(
    area: SimpleNamespace, sign_in: SignIn, make: Make
) -> None:
    form = {
        "name": "Governors",
        "included": "Two visits.",
        "unit": "a year",
        "price_pence": "700",
        "vat_code": "standard",
        "terms": "1",
        "kinds": "maintained",
    }
    path = f"/services/{area.governors.id}/change"
    client = sign_in(area.officer)
    assert client.post(path, data={**form, "version": "7"}).status_code == 409
    assert make.session.get_one(Service, area.governors.id).name == "Governor support"
    assert client.post(path, data={**form, "version": "1"}).status_code == 302
    assert "Changed in the catalogue" in read(client, area.governors.path)


def test_an_order_is_saved_checked_and_placed(area: SimpleNamespace, sign_in: SignIn) -> None:
    client = sign_in(area.head)
    path = f"/services/{area.governors.id}/order"
    saved = client.post(path, data={"school": area.oak.urn, "quantity": "2", "years": "3"})
    assert saved.status_code == 302
    steps = f"{saved.location}/steps/place"
    page = read(client, steps)
    assert "1 April 2027 to 31 March 2028 2 £1,200.00 £240.00 £1,440.00" in page
    placed = client.post(steps, data={"authorised": "y", "order_number": "PO 9", "version": "2"})
    assert placed.status_code == 302
    assert "Waiting for the provider" in read(client, saved.location)
    assert "Agree to the order, or decline it" in read(sign_in(area.officer), "/work")
    assert "Agree to the order" not in read(sign_in(area.provider_head), "/work")


def test_what_a_school_has_stands_on_its_page_for_its_people_and_the_council(
    area: SimpleNamespace, make: Make, sign_in: SignIn
) -> None:
    make.order(area.governors, area.oak, S.AGREED)
    make.session.commit()
    path = f"/schools/{area.oak.urn}"
    for reader in (area.team, area.officer, area.auditor):
        assert "Governor support" in read(sign_in(reader), path)
    assert "Governor support" not in read(sign_in(area.academy_head), path)


def test_an_order_that_ends_within_sixty_days_is_on_my_work_of_its_school(
    area: SimpleNamespace, make: Make, sign_in: SignIn
) -> None:
    make.order(area.governors, area.oak, S.IN_TERM, begins_on=date(2026, 1, 17), years=1)  # to 16 January
    make.order(area.clerking, area.oak, S.IN_TERM, begins_on=date(2026, 1, 19), years=1)
    make.session.commit()
    text = read(sign_in(area.head), "/work")
    assert "Ends on 16 January 2027: order again if you want to go on" in text
    assert "Clerking" not in text


def charged(area: SimpleNamespace, make: Make) -> None:
    april, september = date(2026, 4, 1), date(2026, 9, 1)
    make.order(area.governors, area.oak, S.IN_TERM, begins_on=april, id=1, order_number="=PO 1", quantity=2)
    early = make.order(area.clerking, area.oak, S.ENDED, begins_on=april, id=2)
    early.ends_on = date(2027, 3, 31)
    make.order(area.outreach, area.ash, S.AGREED, begins_on=september, years=2, id=3)
    make.order(area.governors, area.ash, S.PLACED, id=4)
    make.order(area.governors, area.ash, S.DECLINED, begins_on=september, id=5)
    for number, school in enumerate((area.oak, area.ash), 1):
        school.urn = f"10000{number}"
    make.session.commit()


def test_the_file_of_charges_word_for_word(area: SimpleNamespace, make: Make, sign_in: SignIn) -> None:
    charged(area, make)
    header = (
        "Order,School,URN,Service,Provider,Invoiced by,Purchase order number,From,To,Quantity,Unit,"
        "Unit price,Net,VAT code,VAT rate,VAT,Gross"
    )
    client = sign_in(area.finance)
    assert client.get("/services/charges.csv?year=2026-27").text.lstrip("\ufeff").splitlines() == [
        header,
        "SO-3,Ash Academy,100002,Outreach,Willow School,The provider,,2026-09-01,2027-08-31,1,half a day,"
        "185.50,185.50,exempt,0%,0.00,185.50",
        "SO-1,Oak Primary,100001,Governor support,Borough of Brackenford,The council,'=PO 1,2026-04-01,"
        "2027-03-31,2,a year,600.00,1200.00,standard,20%,240.00,1440.00",
        "SO-2,Oak Primary,100001,Clerking,Clerks Ltd,The provider,,2026-04-01,2027-03-31,1,a year,333.33,"
        "333.33,standard,20%,66.67,400.00",
    ]
    after = client.get("/services/charges.csv?year=2027-28").text.splitlines()
    assert [line.split(",")[0] for line in after[1:]] == ["SO-3", "SO-1"]  # the early end left SO-2 out
    page = read(client, "/services/charges?year=2026-27")
    assert "£1,200.00 and VAT of £240.00, together £1,440.00" in page
    assert "£518.83 and VAT of £66.67, together £585.50" in page
    assert "£2,025.50" in page


def test_the_list_of_orders_is_narrowed_and_saved_as_a_file(
    area: SimpleNamespace, make: Make, sign_in: SignIn
) -> None:
    charged(area, make)
    client = sign_in(area.officer)
    assert "SO-2" not in read(client, "/services/orders?year=2027")
    assert "SO-4" in read(client, "/services/orders?state=placed")
    lines = client.get(f"/services/orders.csv?service={area.clerking.id}").text.splitlines()
    assert lines[1:] == [
        "SO-2,Oak Primary,100001,Clerking,Clerks Ltd,Ended,2026-04-01,2027-03-31,1,a year,333.33,"
    ]
    mine = client.get("/services/orders.csv").text
    assert mine.count("\n") == 6
    assert sign_in(area.head).get("/services/orders.csv").text.count("\n") == 3


@pytest.mark.parametrize("reader", ["head", "officer", "finance"])
def test_switched_off_nothing_shows(area: SimpleNamespace, make: Make, sign_in: SignIn, reader: str) -> None:
    order = make.order(area.governors, area.oak)
    make.order(area.governors, area.oak, S.IN_TERM, begins_on=date(2026, 1, 1), years=1)
    area.fund.sells_services = False
    make.session.commit()
    client = sign_in(getattr(area, reader))
    for path in ("/services", area.governors.path, order.path, "/services/orders", "/services/charges"):
        assert client.get(path).status_code == 404
    for path in ("/work", f"/schools/{area.oak.urn}"):
        text = read(client, path)
        assert "Services" not in text
        assert "Governor support" not in text


def test_where_another_fund_offers_services_those_of_this_one_do_not_show(
    area: SimpleNamespace, make: Make, sign_in: SignIn
) -> None:
    order = make.order(area.governors, area.oak)
    make.order(area.governors, area.oak, S.AGREED)
    area.fund.sells_services = False
    make.fund(sells_services=True)
    make.session.commit()
    client = sign_in(area.head)
    assert "There is no service in the catalogue yet." in read(client, "/services")
    assert client.get(order.path).status_code == 404
    assert "Governor support" not in read(client, f"/schools/{area.oak.urn}")
    assert "Governor support" not in read(sign_in(area.officer), "/work")


@pytest.mark.parametrize(
    ("what", "words"),
    [("end", "Select the day on which it would end"), ("quantity", "Enter how many a year")],
)
def test_what_a_proposal_lacks_is_said(
    area: SimpleNamespace, make: Make, sign_in: SignIn, what: str, words: str
) -> None:
    order = make.order(area.governors, area.oak, S.IN_TERM, begins_on=date(2026, 4, 1))
    make.session.commit()
    path = f"{order.path}/steps/propose-change"
    answer = sign_in(area.head).post(path, data={"version": order.version, "what": what, "why": "Fewer."})
    assert answer.status_code == 422
    assert words in answer.text
    assert "Fewer." in answer.text


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("school", ["Select the school that provides it"]),
        ("independent", ["Enter the name of the provider", "Enter the email address of the provider"]),
    ],
)
def test_who_provides_a_service_must_be_named(
    area: SimpleNamespace, sign_in: SignIn, kind: str, words: list[str]
) -> None:
    given = {"fund": area.governors.fund_id, "provider_kind": kind, "name": "Outreach"}
    answer = sign_in(area.officer).post("/services/add", data=given)
    assert answer.status_code == 422
    assert all(one in answer.text for one in words)
