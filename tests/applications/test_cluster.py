"""Schools of one cluster bid together."""

from typing import Any

import pytest

from fundflow.extensions import db
from fundflow.models.bid import Bid
from fundflow.models.bid_parts import Part
from tests.applications.helpers import errors, form, hidden, send


@pytest.fixture
def draft(make: Any, sign_in: Any) -> Bid:
    """A draft whose lead is in a cluster with Oak and Elm (who have heads) and Ash (who has none)."""
    lead, oak, elm, ash = (make.school(name) for name in ("Hazelmere Primary", "Oak", "Elm", "Ash"))
    for school in (oak, elm):
        make.member(school, name=f"Head of {school.name}")
    make.cluster("The Trees", lead, oak, elm, ash)
    leader = make.member(lead, name="Hilary Head")
    bid = make.bid(lead=lead, leader=leader, complete=False)
    sign_in(leader)
    return bid


def urn(bid: Bid, name: str) -> str:
    from fundflow.models.school import School

    return (
        db.session.query(School.urn)
        .filter(School.name.startswith(name))
        .order_by(School.id.desc())
        .first()[0]
    )


def test_the_schools_of_a_cluster_are_added_in_one_go(draft: Bid, client: Any) -> None:
    page = client.get(form(draft, "/schools/cluster")).text
    assert "We hold no head teacher’s address for Ash" in page
    chosen = [urn(draft, "Oak"), urn(draft, "Elm")]
    send(client, form(draft, "/schools/cluster"), urns=chosen, part="provider")
    db.session.expire_all()
    assert {(p.school.name, p.part, p.contact_name) for p in draft.partners} == {
        ("Oak", Part.PROVIDER, "Head of Oak"),
        ("Elm", Part.PROVIDER, "Head of Elm"),
    }
    assert "There is no other school of your cluster" in client.get(form(draft, "/schools/cluster")).text


def test_a_second_click_adds_them_once(draft: Bid, client: Any) -> None:
    stamp = hidden(client.get(form(draft, "/schools/cluster")).text, "stamp")
    answers = {"urns": [urn(draft, "Oak")], "part": "partner", "stamp": stamp}
    for _ in range(2):
        client.post(form(draft, "/schools/cluster"), data=answers)
    db.session.expire_all()
    assert [p.school.name for p in draft.partners] == ["Oak"]


def test_what_is_missing_is_asked_for_and_no_other_school_slips_in(
    draft: Bid, client: Any, make: Any
) -> None:
    path = form(draft, "/schools/cluster")
    assert errors(send(client, path)) == ["Select at least one school", "Select what these schools do"]
    stranger = make.school("Elsewhere")
    db.session.commit()
    assert send(client, path, urns=[stranger.urn], part="partner").status_code == 422
    db.session.expire_all()
    assert draft.partners == []


def test_a_school_without_a_cluster_is_not_led_there(make: Any, sign_in: Any) -> None:
    lead = make.school("Lone Primary")
    leader = make.member(lead)
    bid = make.bid(lead=lead, leader=leader, complete=False)
    assert "Add schools of your cluster" not in sign_in(leader).get(form(bid, "/schools")).text
