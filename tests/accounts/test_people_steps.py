"""What gives or takes a role, a seat, a place or an account waits for a fresh proof."""

import inspect
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from fundflow.accounts import addresses, inviting, of_schools, people, single_sign_on
from fundflow.accounts.places import SchoolPlace
from fundflow.models.fund import Fund
from fundflow.models.history import HistoryEntry
from fundflow.models.letter import Letter
from fundflow.models.person import BrowserSession, RoleName, SeatPosition, Standing, User
from fundflow.models.signing_in import ConnectedAccount, FreshProof, Proof, ProofFor
from fundflow.proofs import ProofWanted
from fundflow.workflow.application import BidState
from tests.accounts.test_appointing import EVERYTHING
from tests.accounts.test_appointing import place as place
from tests.factories import Make
from tests.scenes import scene
from tests.signing_in import Enter
from tests.signing_in import sign_in as sign_in

AT = datetime.now(UTC)
SAME_SITE = {"Sec-Fetch-Site": "same-origin"}
NEW: dict[str, Any] = {"email": "new@school.example", "name": "Nina Rossi", "job_title": ""}
CSV = "name,email,school urn,standing\nNina Rossi,new@school.example,{urn},head\n"


class World:
    """A fund that asks an administrator and an officer for a code; Grace, who holds one of everything."""

    def __init__(self, make: Make) -> None:
        self.fund = make.fund()
        self.fund.code_roles = ["administrator", "officer"]
        self.admin, self.watching = (make.staff(RoleName.ADMINISTRATOR) for _ in range(2))
        self.grace = make.staff(RoleName.CLERK, "Grace Lin")
        self.school = make.school()
        make.belongs(self.grace, self.school)
        make.seat(self.fund, self.grace, SeatPosition.MEMBER)
        self.left = make.staff(RoleName.FINANCE, "Owen Clarke", active=False)
        self.bid = make.bid(state=BidState.IN_REVIEW, fund=self.fund)
        self.officer = self.bid.officer
        connected = {"issuer": "https://in.example", "subject": "grace", "connected_at": AT}
        make.session.add(ConnectedAccount(user_id=self.grace.id, **connected))


world = scene(World)


@pytest.fixture
def fund(world: World) -> Fund:
    return world.fund


Act = Callable[[World, dict[str, Any]], Any]
ACTS: dict[str, Act] = {
    "invite": lambda w, by: people.invite(**NEW, place=_head_of(w), **by),
    "give": lambda w, by: people.give(w.grace, SchoolPlace(w.school, Standing.TEAM, AT.date()), **by),
    "end": lambda w, by: people.end(w.grace.roles[0], last_day=AT.date(), **by),
    "end of a place": lambda w, by: people.end(w.grace.memberships[0], last_day=AT.date(), **by),
    "end of a seat": lambda w, by: people.end(w.grace.seats[0], last_day=AT.date(), **by),
    "reactivate": lambda w, by: people.reactivate(w.left, **by),
    "invite_many": lambda w, by: inviting.invite_many(CSV.format(urn=w.school.urn), **by),
    "change_address": lambda w, by: addresses.change_address(w.grace, "g@else.example", reason="Typo", **by),
    "correct_person": lambda w, by: addresses.correct_person(
        w.grace, name="Grace Lin", job_title="", email="g@else.example", reason="Typo", **by
    ),
    "disconnect": lambda w, by: single_sign_on.disconnect(w.grace, **by),
    "invite_to_school": lambda w, by: of_schools.invite_to_school(
        w.bid, w.bid.lead_school, **NEW, standing=Standing.LEADER, user=w.officer, now=AT
    ),
}
# What takes nothing but a way in, and what a person does to their own account.
UNASKED = {"deactivate", "sign_out_everywhere", "invite_again", "ask_to_change"}
# What asks for another proof: a code before a council account is connected.
CONNECTING = {"connect"}


def _head_of(w: World) -> SchoolPlace:
    return SchoolPlace(w.school, Standing.LEADER, AT.date())


def test_every_act_on_an_account_is_one_that_asks_or_one_of_those_that_need_not() -> None:
    found = {
        name
        for room in (people, addresses, inviting, single_sign_on, of_schools)
        for name, one in inspect.getmembers(room, inspect.isfunction)
        if one.__module__ == room.__name__
        and not name.startswith("_")
        and "commit()" in inspect.getsource(one)
    }
    assert found - {"confirm"} == {name.split()[0] for name in ACTS} | UNASKED | CONNECTING


def _written(session: Session) -> tuple[int | None, ...]:
    return tuple(
        session.scalar(select(func.count()).select_from(kind)) for kind in (HistoryEntry, Letter, User)
    )


@pytest.mark.parametrize("name", ACTS)
def test_it_waits_for_a_proof_of_this_kind_in_this_browser(world: World, session: Session, name: str) -> None:
    who = world.officer if name == "invite_to_school" else world.admin
    here = session.scalars(select(BrowserSession.id).where(BrowserSession.user_id == who.id)).one()
    who.browser_session_id = here  # as a request of their browser loads them
    proof = FreshProof(
        session_id=here,
        act=ProofFor.MONEY,
        proof=Proof.SINGLE_SIGN_ON,
        asked_at=AT,
        proved_at=AT,
    )
    session.add(proof)
    session.flush()
    before = _written(session)
    with pytest.raises(ProofWanted):
        ACTS[name](world, {"by": world.admin, "now": AT})
    assert _written(session) == before
    proof.act = ProofFor.APPOINTMENTS
    session.flush()
    ACTS[name](world, {"by": world.admin, "now": AT})
    assert _written(session) > before


@EVERYTHING
def test_roles_seats_and_places_are_given_with_a_proof_alone(
    world: World, place: Any, kind: str, what: Any
) -> None:
    with pytest.raises(ProofWanted):
        people.give(world.grace, place(kind, what), by=world.admin, now=AT)


def test_the_page_of_an_officer_who_invites_asks_before_anything_is_typed(
    world: World, session: Session, sign_in: Enter
) -> None:
    client, path = sign_in(world.officer), f"/bids/{world.bid.reference}/people/{world.bid.lead_school.urn}"
    assert client.get(path).location == f"/confirm-it-is-you/appointments?next={path}"
    answer = client.post(path, data={**NEW, "standing": "leader"}, headers=SAME_SITE)
    assert answer.status_code == 403
    assert 'value="Nina Rossi"' in answer.text
    world.fund.code_roles = ["administrator"]
    session.commit()
    assert client.get(path).status_code == 200
