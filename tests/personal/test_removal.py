"""What was kept long enough is removed once two administrators say so: words and people go, figures stay."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select, text
from sqlalchemy.exc import DBAPIError

from fundflow.chain.sealing import begin_and_seal
from fundflow.checking import everything_wrong
from fundflow.extensions import db
from fundflow.files import files
from fundflow.models.bid import Bid
from fundflow.models.brokering import Contact
from fundflow.models.data_removal import DataRemoval
from fundflow.models.files import Attachment, FileKind
from fundflow.models.history import HistoryWords
from fundflow.models.letter import Letter
from fundflow.models.person import BrowserSession, RoleGrant, User
from fundflow.models.person import RoleName as R
from fundflow.personal.removals import approve, propose
from fundflow.personal.removing import FIGURE, REMOVED, hollow
from fundflow.personal.retention import unneeded
from fundflow.personal.unlocked import unlocked
from fundflow.steps import take_and_commit
from fundflow.workflow.application import BidState
from fundflow.workflow.data_removal import RemovalState as S
from fundflow.workflow.engine import Refused
from tests.factories import NOW, Make
from tests.scenes import scene

SignIn = Callable[[User | None], FlaskClient]
LATER = datetime(2034, 3, 1, 12, tzinfo=UTC)
BYTES = b"The plan of Rosalind Quillfeather"


class World:
    """A bid that was discarded years ago, whose head left, and one that goes on."""

    def __init__(self, make: Make) -> None:
        self.first, self.second = make.staff(R.ADMINISTRATOR), make.staff(R.ADMINISTRATOR)
        self.officer = make.staff(R.OFFICER)
        school = make.school()
        self.head = make.user("Rosalind Quillfeather", "rosalind@quill.example")
        self.place = make.belongs(self.head, school)
        self.bid = make.bid(lead=school, state=BidState.SUBMITTED, title="Rosalind’s phonics")
        self.other = make.bid(state=BidState.SUBMITTED)
        self.bid.contact_name, self.bid.contact_email = self.head.name, self.head.email
        self.bid.contact_phone, self.bid.need = "01632 960123", "Mrs Quillfeather says so."
        contact = make.contact(school, self.officer, said="Spoke to Rosalind Quillfeather about reading.")
        self.contact = contact.id
        make.session.commit()
        take_and_commit(
            self.bid, "withdraw", user=self.head, now=NOW, given={"reason": "Ms Quillfeather left"}
        )
        self.place.ends_on = date(2027, 3, 31)
        make.session.commit()


world = scene(World)


def _approved(world: World) -> DataRemoval:
    found = propose(user=world.first, now=LATER)
    approve(found, user=world.second, now=LATER)
    return found


@pytest.mark.both_databases
def test_words_and_people_go_and_the_chain_holds(world: World) -> None:
    begin_and_seal(NOW)
    found = _approved(world)
    assert [one.bid_id for one in found.bids] == [world.bid.id]
    assert [one.person_id for one in found.people] == [world.head.id]
    assert (found.state, found.approved_by_id) == (S.DONE, world.second.id)
    bid = world.bid
    assert (bid.contact_name, bid.contact_email, bid.contact_phone) == (REMOVED, "", REMOVED)
    assert (bid.title, bid.need, bid.removed_at) == (REMOVED, REMOVED, LATER)
    assert world.head.name == f"Former user {world.head.id}"
    assert not world.head.active
    for letter in db.session.scalars(select(Letter).where(Letter.bid_id == bid.id)):
        assert (letter.name, letter.email, letter.body) == (REMOVED, "", REMOVED)
    assert "quillfeather" not in _whole_database().lower()
    assert "rosalind" not in _whole_database().lower()
    assert list(everything_wrong(chains=True)) == []


def _whole_database() -> str:
    tables = db.metadata.sorted_tables
    return "\n".join(str(row) for table in tables for row in db.session.execute(select(table)))


def test_a_note_elsewhere_keeps_what_is_not_about_the_person(world: World) -> None:
    _approved(world)
    assert db.session.get_one(Contact, world.contact).said == f"Spoke to {REMOVED} about reading."


def test_what_goes_on_is_left_alone(world: World) -> None:
    before = (world.other.title, world.other.contact_name, world.other.search_text)
    _approved(world)
    db.session.expire_all()
    assert (world.other.title, world.other.contact_name, world.other.search_text) == before
    words = select(HistoryWords.entry_id).limit(1)
    assert db.session.scalar(words) is not None


@pytest.mark.both_databases
def test_nobody_approves_their_own_list(world: World) -> None:
    found = propose(user=world.first, now=LATER)
    with pytest.raises(Refused, match="another administrator"):
        approve(found, user=world.first, now=LATER)
    assert found.state is S.PROPOSED
    assert world.bid.removed_at is None


def test_only_administrators_of_every_fund_take_part(world: World, make: Make) -> None:
    of_one = make.user()
    make.session.add(
        RoleGrant(user=of_one, role=R.ADMINISTRATOR, fund_id=world.bid.fund_id, starts_on=date(2026, 1, 1))
    )
    make.session.commit()
    for user in (of_one, world.officer):
        with pytest.raises(Refused):
            propose(user=user, now=LATER)
    found = propose(user=world.first, now=LATER)
    for user in (of_one, world.officer):
        with pytest.raises(Refused):
            approve(found, user=user, now=LATER)


def test_one_list_waits_at_a_time_and_a_refused_one_leaves_everything(world: World) -> None:
    found = propose(user=world.first, now=LATER)
    with pytest.raises(Refused, match="already"):
        propose(user=world.second, now=LATER)
    take_and_commit(found, "refuse", user=world.first, now=LATER, given={"reason": "A court asked for it."})
    assert found.state is S.REFUSED
    assert world.bid.removed_at is None
    assert propose(user=world.second, now=LATER).id != found.id


def test_a_list_that_is_out_of_date_is_not_carried_out(world: World) -> None:
    found = propose(user=world.first, now=LATER)
    world.bid.fund.keep_refused_years = 20
    db.session.commit()
    with pytest.raises(Refused, match="is not due any more"):
        approve(found, user=world.second, now=LATER)


def test_an_account_stays_while_a_kept_bid_or_a_place_needs_it(world: World) -> None:
    beside = [world.bid.id]
    assert [one.person_id for one in unneeded(LATER, beside=beside)] == [world.head.id]
    assert unneeded(LATER) == []
    world.other.officer_id = world.head.id
    db.session.flush()
    assert unneeded(LATER, beside=beside) == []
    world.other.officer_id = None
    world.place.ends_on = None
    db.session.flush()
    assert unneeded(LATER, beside=beside) == []


def test_files_lose_their_bytes_and_keep_their_hash(world: World) -> None:
    key = files().put(BYTES)
    digest = files().hash_of(key)
    file = Attachment(
        bid_id=world.bid.id,
        name="Rosalind Quillfeather.pdf",
        kind=FileKind.PDF,
        size=len(BYTES),
        sha256=digest,
        store_key=key,
        uploaded_at=NOW,
        uploaded_by_id=world.head.id,
    )
    db.session.add(file)
    db.session.commit()
    _approved(world)
    assert files().hash_of(key) is None
    assert (file.sha256, file.name) == (digest, REMOVED)
    assert list(everything_wrong()) == []


def test_sign_in_traces_of_a_forgotten_account_go(world: World) -> None:
    values = {"begun_at": NOW, "seen_at": NOW, "ended_at": NOW, "key_hash": "a" * 64}
    db.session.add(BrowserSession(user_id=world.head.id, browser="Firefox", network="192.0.2.0", **values))
    db.session.commit()
    _approved(world)
    assert db.session.scalar(select(BrowserSession.id).where(BrowserSession.user_id == world.head.id)) is None


@pytest.mark.both_databases
def test_the_way_past_the_triggers_is_closed_again(world: World) -> None:
    change = text("UPDATE history_entry SET step = 'x'")
    with unlocked():
        db.session.execute(change)
    with pytest.raises(DBAPIError, match="append-only"), db.session.begin_nested():
        db.session.execute(change)


def test_pages_say_that_the_details_were_removed_and_nothing_is_done_with_the_bid(
    world: World, sign_in: SignIn
) -> None:
    _approved(world)
    client = sign_in(world.officer)
    for page in ("", "/application", "/letters", "/review"):
        answer = client.get(f"/bids/{world.bid.reference}{page}")
        assert (answer.status_code, "details of this bid were removed" in answer.text) == (410, True)
    assert "Withdrew" in client.get(f"/bids/{world.bid.reference}/history").text
    with pytest.raises(Refused, match="was removed"):
        take_and_commit(world.bid, "reinstate", user=world.officer, now=LATER, given={"reason": "Again"})


def test_an_administrator_proposes_on_the_page_and_another_approves(
    world: World, sign_in: SignIn, time_machine: Any
) -> None:
    time_machine.move_to(LATER, tick=False)
    client = sign_in(world.first)
    assert "Rosalind Quillfeather" in client.get("/data-protection/due").text
    page = client.post("/data-protection/removals", follow_redirects=True)
    assert world.bid.reference in page.text
    found = db.session.scalars(select(DataRemoval)).one()
    assert "another administrator approves it" in page.text
    client = sign_in(world.second)
    answer = client.post(
        f"{found.path}/steps/approve", data={"version": found.version}, follow_redirects=True
    )
    assert "Files deleted" in answer.text
    assert "Quillfeather" not in answer.text
    assert db.session.get_one(Bid, world.bid.id).removed_at == LATER


def test_a_frozen_copy_keeps_its_figures() -> None:
    copy = {"name": "Una Reed", "pence": 3, "on": "2026-01-02", "rows": [["Una", "1,000.50"], None, True]}
    kept = {"name": REMOVED, "pence": 3, "on": "2026-01-02", "rows": [[REMOVED, "1,000.50"], None, True]}
    assert hollow(copy) == kept
    assert FIGURE.fullmatch("2026-01-02T10:00:00+00:00")
