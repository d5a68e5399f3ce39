"""The copy of what is held about somebody: everything of theirs, nobody else's."""

import io
import json
import zipfile
from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from fundflow.extensions import db
from fundflow.models.data_protection import SubjectExport
from fundflow.models.person import RoleName as R
from fundflow.models.person import User
from fundflow.personal import operations, subjects
from fundflow.personal.complaints import complain
from fundflow.personal.gathering import Subject, sections_of
from fundflow.personal.redacting import Redactor
from fundflow.workflow.application import BidState
from fundflow.workflow.engine import Refused
from fundflow.workflow.survey import SurveyState
from tests.factories import NOW, Make
from tests.scenes import scene

SignIn = Callable[[User | None], FlaskClient]
OTHERS = ("Zebedee Quill", "zquill@example.org", "Wilhelmina")


class World:
    """A bid whose head is Amelia Thorn, with a note about her by somebody of the council."""

    def __init__(self, make: Make) -> None:
        self.admin, self.officer = make.staff(R.ADMINISTRATOR), make.staff(R.OFFICER, "Zebedee Quill")
        self.officer.email = "zquill@example.org"
        self.bid = make.bid(state=BidState.IN_REVIEW)
        self.head = self.bid.created_by
        self.head.name, self.head.email = "Amelia Thorn", "athorn@example.org"
        self.bid.contact_name, self.bid.contact_email = self.head.name, self.head.email
        self.bid.approver_name, self.bid.approver_email = "Wilhelmina Grace", "wil@example.org"
        self.bid.approach = "Ask Zebedee  Quill (zquill@example.org, 01753 123456) or Mrs Rosalind Pym."
        self.note = make.staff_note(self.bid, self.officer, text="Amelia Thorn rang; Zebedee Quill was out.")
        make.history(self.bid, "take_up", user=self.officer)


world = scene(World)


def _copy(world: World, user: User | None = None) -> dict[str, Any]:
    subject = subjects.of_account((user or world.head).id)
    assert subject
    data = operations.make_export(subject, user=world.admin, now=NOW).data
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        page = archive.read("about-you.html").decode()
        found: dict[str, Any] = json.loads(archive.read("about-you.json"))
    found["text"] = json.dumps(found, ensure_ascii=False) + page
    return found


@pytest.mark.both_databases
def test_it_holds_what_is_held_and_nobody_else(world: World) -> None:
    found = _copy(world)
    kinds = {section["kind"]: section["rows"] for section in found["records"]}
    assert kinds["Person"][0]["email"] == "athorn@example.org"
    assert kinds["Bid"][0]["contact_name"] == "Amelia Thorn"
    assert kinds["Bid"][0]["approver_name"] == "[another person]"
    assert "Amelia Thorn rang" in kinds["Staff note"][0]["text"]
    for other in (*OTHERS, "wil@", "01753", "Pym"):
        assert other not in found["text"], other


def test_a_bid_of_the_school_is_the_heads_and_no_words_of_the_officer(world: World) -> None:
    world.bid.officer_id = world.officer.id
    db.session.flush()
    rows = {s["kind"]: s["rows"] for s in _copy(world, world.officer)["records"]}
    assert rows["Bid"][0]["officer_id"] == "you"
    assert "need" not in rows["Bid"][0]
    assert "Amelia" not in json.dumps(rows)


def test_what_others_wrote_into_a_row_of_ones_own_is_theirs(world: World, make: Make) -> None:
    """Each table of which two people write the row: its author reads their own words alone."""
    fund, school, by = world.bid.fund, world.bid.lead_school, world.officer
    service = make.service(fund)
    make.practice_entry(
        fund, school, by=by, what="Ours.", contact="Theirs: Mrs Pym.", reason="Theirs.", agreed_by=world.head
    )
    make.concern(fund, school, by, reason="Ours.", found="Theirs.")
    make.order(service, school, by=world.head, closed_reason="Theirs.", proposed_why="Theirs.")
    make.survey(fund, SurveyState.SHARED, by=by, about="Ours.", findings="Theirs.")
    for who, kinds in (
        (by, {"Practice entry": 1, "Concern": 1, "Survey": 1}),
        (world.head, {"Service order": 0, "Practice entry": 0}),
    ):
        rows = {s["kind"]: json.dumps(s["rows"]) for s in _copy(world, who)["records"]}
        assert {kind: rows[kind].count("Ours.") for kind in kinds} == kinds
        theirs = {kind for kind in kinds if "Theirs." in rows[kind]}
        assert not theirs
    agreed = {s["kind"]: s["rows"] for s in _copy(world, world.head)["records"]}["Practice entry"]
    assert "Theirs: " in agreed[0]["contact"]  # the head gave it


def test_somebody_without_an_account_is_found_by_an_address(world: World) -> None:
    assert subjects.without_account("wilhelmina") == {"wil@example.org": "Wilhelmina Grace"}
    subject = subjects.of_address("wil@example.org")
    assert subject
    text = str(sections_of(subject))
    assert "Wilhelmina Grace" in text
    assert "Thorn" not in text
    assert subjects.of_address("nobody@example.org") is None


def test_it_is_recorded_and_never_ones_own(world: World) -> None:
    _copy(world)
    (made,) = db.session.scalars(select(SubjectExport))
    assert (made.person, made.made_by, len(made.sha256)) == (world.head, world.admin, 64)
    own = subjects.of_account(world.admin.id)
    assert own
    with pytest.raises(Refused, match="Another administrator"):
        operations.make_export(own, user=world.admin, now=NOW)


def test_only_an_administrator_of_every_fund_makes_one(world: World) -> None:
    subject = subjects.of_account(world.head.id)
    assert subject
    with pytest.raises(Refused, match="administrator of every fund"):
        operations.make_export(subject, user=world.officer, now=NOW)
    for grant in world.admin.roles:
        grant.fund_id = world.bid.fund_id
    with pytest.raises(Refused, match="administrator of every fund"):
        operations.make_export(subject, user=world.admin, now=NOW)
    for grant in world.admin.roles:
        grant.fund_id, grant.ends_on = None, NOW.date() - timedelta(days=1)
    with pytest.raises(Refused, match="administrator of every fund"):
        operations.make_export(subject, user=world.admin, now=NOW)


def test_the_page_finds_a_person_and_gives_the_file(world: World, sign_in: SignIn, time_machine: Any) -> None:
    time_machine.move_to(NOW, tick=False)
    client, path = sign_in(world.admin), "/data-protection/export"
    assert "We hold nothing" in client.get(f"{path}?q=nobody-like-this").text
    assert "Amelia Thorn, athorn@example.org" in client.get(f"{path}?q=thorn").text
    asked = {"q": "thorn", "about": f"account:{world.head.id}"}
    answer = client.post(path, data=asked)
    assert (answer.status_code, answer.mimetype) == (200, "application/zip")
    assert client.post(path, data={**asked, "about": "account:0"}).status_code == 422
    assert "Amelia Thorn" in client.get("/data-protection").text


PAGES = (
    "",
    "/export?q=thorn",
    "/due",
    "/complaints/{complaint}",
    "/complaints/{complaint}/steps/acknowledge",
)


@pytest.mark.parametrize("role", [R.ADMINISTRATOR, R.AUDITOR])
def test_who_is_known_here_is_not_told_to_somebody_of_one_fund(
    world: World, make: Make, sign_in: SignIn, role: R
) -> None:
    person = make.user()
    make.role(person, role, fund=world.bid.fund)
    made = complain(name="Una", email="una@example.org", text="Help", network="192.0.2.1", now=NOW)
    make.session.commit()
    client = sign_in(person)
    for page in PAGES:
        assert client.get(f"/data-protection{page.format(complaint=made.id)}").status_code == 403, page
    assert "/data-protection" not in client.get("/people").text
    assert "/data-protection" in sign_in(world.admin).get("/people").text


def test_an_earlier_address_of_ones_own_is_ones_own(world: World) -> None:
    world.admin.former_emails = ["before@example.org"]
    subject = Subject(None, frozenset({"Before@example.org"}), frozenset({"Una"}))
    with pytest.raises(Refused, match="Another administrator"):
        operations.make_export(subject, user=world.admin, now=NOW)


def test_a_text_in_which_a_name_stays_is_withheld(world: World) -> None:
    redactor = Redactor({"Amelia Thorn"}, {"athorn@example.org"})
    assert redactor.words("Amelia Thorn agreed.") == "Amelia Thorn agreed."
    assert redactor.words("ZEBEDEE\tQUILL agreed.") == "[another person] agreed."
    assert redactor.words("Zébédée Quill agreed.") == "[a text that names another person]"
    assert redactor.words("Mail athorn@example.org.") == "Mail athorn@example.org."
