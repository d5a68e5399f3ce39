"""A request for support: asked, proposed, and made a bid."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from sqlalchemy import select

from fundflow.brokering.operations import requests as operations
from fundflow.brokering.operations.requests import RequestAnswers
from fundflow.models.area import Patch
from fundflow.models.bid import Bid, Origin
from fundflow.models.bid_parts import Part
from fundflow.models.brokering import Expertise, SupportRequest
from fundflow.models.history import HistoryEntry
from fundflow.models.interest import InterestKind
from fundflow.models.letter import Letter
from fundflow.models.person import Membership, RoleName, Standing
from fundflow.steps import AlreadyTaken, Stale
from fundflow.workflow.engine import Refused
from fundflow.workflow.support_request import RequestState
from tests.brokering.conftest import begin
from tests.factories import LONG_AGO, NOW, Make

ASKED = RequestAnswers(Expertise.MATHS, "Results in mathematics fell.", 12)


def letters(make: Make) -> list[tuple[str, str, str]]:
    """(recipient, name, subject) of every letter, in the order they were written."""
    rows = make.session.execute(select(Letter.recipient, Letter.name, Letter.subject).order_by(Letter.id))
    return [tuple(row) for row in rows]  # type: ignore[misc]


def propose(area: SimpleNamespace, request: SupportRequest, **changes: object) -> None:
    operations.propose(
        request,
        area.helper,
        **{"why": "They are near.", "user": area.officer, "now": NOW, "version": request.version, **changes},
    )  # type: ignore[arg-type]


# -- asking -----------------------------------------------------------------------------------------


def test_a_head_asks_and_the_officer_is_told_by_when_to_reply(make: Make, area: SimpleNamespace) -> None:
    found = operations.ask(area.asking, area.fund, ASKED, user=area.head, now=NOW)
    assert (found.state, found.half_days, found.asked_by) == (RequestState.ASKED, 12, area.head)
    assert letters(make) == [
        ("officer", "Olga Officer", "Request for support: Asking Primary, Mathematics. Reply by 2 December")
    ]


def test_a_second_click_asks_only_once(make: Make, area: SimpleNamespace) -> None:
    first = operations.ask(area.asking, area.fund, ASKED, user=area.head, now=NOW)
    assert operations.ask(area.asking, area.fund, ASKED, user=area.head, now=NOW) is first
    assert len(letters(make)) == 1


def test_the_link_officer_of_the_schools_patch_is_told_alone(make: Make, area: SimpleNamespace) -> None:
    link = make.staff(RoleName.OFFICER, "Lin Link")
    patch = Patch(name="North", officer_id=link.id)
    make.session.add(patch)
    make.session.flush()
    area.asking.patch_id = patch.id
    operations.ask(area.asking, area.fund, ASKED, user=area.head, now=NOW)
    assert [name for _, name, _ in letters(make)] == ["Lin Link"]


def test_where_the_officer_is_of_the_school_the_deputy_is_told(make: Make, area: SimpleNamespace) -> None:
    make.session.add(
        Membership(user=area.officer, school=area.asking, standing=Standing.TEAM, starts_on=LONG_AGO)
    )
    make.session.flush()
    operations.ask(area.asking, area.fund, ASKED, user=area.head, now=NOW)
    assert [name for _, name, _ in letters(make)] == ["Dan Deputy"]


def test_what_the_team_asks_its_head_hears_of(make: Make, area: SimpleNamespace) -> None:
    team = make.member(area.asking, Standing.TEAM)
    operations.ask(area.asking, area.fund, ASKED, user=team, now=NOW)
    assert [recipient for recipient, _, _ in letters(make)] == ["officer", "school"]


def test_an_officer_notes_a_request_and_the_head_is_told(make: Make, area: SimpleNamespace) -> None:
    found = operations.ask(area.asking, area.fund, ASKED, user=area.officer, now=NOW)
    assert found.asked_by is area.officer
    assert [(recipient, name) for recipient, name, _ in letters(make)] == [("school", "Ada Head")]


def test_nobody_asks_for_a_school_of_others_nor_a_broker_for_their_own_trust(
    make: Make, area: SimpleNamespace
) -> None:
    with pytest.raises(Refused, match="Only the liaison officer"):
        operations.ask(area.asking, area.fund, ASKED, user=area.helpers_head, now=NOW)
    trust = make.trust("Ten Trust")
    area.asking.trust = trust
    make.session.add(
        Membership(
            user=area.officer, school=make.school(trust=trust), starts_on=LONG_AGO, standing=Standing.TEAM
        )
    )
    make.session.flush()
    with pytest.raises(Refused, match="your trust, Ten Trust, runs Asking Primary"):
        operations.ask(area.asking, area.fund, ASKED, user=area.officer, now=NOW)


def test_a_closed_school_an_organisation_and_another_area_cannot_ask(
    make: Make, area: SimpleNamespace
) -> None:
    area.asking.status_code = 2
    with pytest.raises(Refused, match="not open"):
        operations.ask(area.asking, area.fund, ASKED, user=area.head, now=NOW)
    virtual = make.school("Virtual School", is_organisation=True)
    head = make.member(virtual)
    with pytest.raises(Refused, match="does not serve"):
        operations.ask(virtual, area.fund, ASKED, user=head, now=NOW)
    area.fund.allows_organisations = True
    assert operations.ask(virtual, area.fund, ASKED, user=head, now=NOW).id
    elsewhere = make.school(la_code="871")
    with pytest.raises(Refused, match="does not serve"):
        operations.ask(elsewhere, area.fund, ASKED, user=make.member(elsewhere), now=NOW)


# -- proposing --------------------------------------------------------------------------------------


def test_the_school_that_asked_reads_the_reasons_of_the_proposal(
    make: Make, area: SimpleNamespace, request_: SupportRequest
) -> None:
    propose(area, request_, why="The right phase.\nThey are near.")
    assert (request_.state, request_.proposed_school) == (RequestState.PROPOSED, area.helper)
    letter = make.session.scalars(select(Letter)).one()
    assert letter.name == "Ada Head"
    assert letter.subject == "Request for support, Mathematics: Helping Primary could help you"
    assert "  The right phase.\n  They are near." in letter.body
    assert "01632 960 111" in letter.body
    assert f"http://fund.example/support/{request_.id}" in letter.body


def test_another_school_can_be_proposed_instead(
    make: Make, area: SimpleNamespace, request_: SupportRequest
) -> None:
    propose(area, request_)
    other = make.school("Other Primary")
    make.offer(other)
    operations.propose(request_, other, why="Nearer.", user=area.officer, now=NOW, version=request_.version)
    assert request_.proposed_school is other


def test_only_what_matching_suggests_can_be_proposed(
    make: Make, area: SimpleNamespace, request_: SupportRequest
) -> None:
    silent = make.school("Silent Primary")
    with pytest.raises(Refused, match=r"Silent Primary can’t be proposed\. It does not offer Mathematics\."):
        operations.propose(request_, silent, why="x", user=area.officer, now=NOW, version=None)
    area.offer.half_days = 0
    with pytest.raises(Refused, match="No days left"):
        propose(area, request_)
    assert request_.state is RequestState.ASKED


def test_an_officer_of_the_asking_school_cannot_broker(
    make: Make, area: SimpleNamespace, request_: SupportRequest
) -> None:
    make.session.add(
        Membership(user=area.officer, school=area.asking, standing=Standing.LEADER, starts_on=LONG_AGO)
    )
    make.session.flush()
    make.session.expire(area.officer)
    with pytest.raises(Refused, match=r"You can’t broker this: your school, Asking Primary"):
        propose(area, request_)


def test_a_school_cannot_propose(area: SimpleNamespace, request_: SupportRequest) -> None:
    with pytest.raises(Refused, match=r"Only the liaison officer can do this\."):
        propose(area, request_, user=area.head)


def test_a_double_click_proposes_once_and_a_stale_page_not_at_all(
    make: Make, area: SimpleNamespace, request_: SupportRequest
) -> None:
    version = request_.version
    propose(area, request_)
    with pytest.raises(AlreadyTaken):
        propose(area, request_, version=version)
    with pytest.raises(Stale):
        propose(area, request_, version=version, user=area.deputy)
    assert len(letters(make)) == 1


# -- becoming a bid ---------------------------------------------------------------------------------


@pytest.mark.both_databases
def test_the_school_starts_a_bid_with_everything_that_is_known(
    make: Make, area: SimpleNamespace, request_: SupportRequest
) -> None:
    propose(area, request_)
    bid = begin(area, request_, area.head)
    assert (request_.state, request_.draft) == (RequestState.BECAME_BID, bid)
    assert (bid.origin, bid.lead_school, bid.need) == (Origin.SCHOOL, area.asking, request_.need)
    assert [(p.school, p.part, p.contact_name) for p in bid.partners] == [
        (area.helper, Part.PROVIDER, "Hal Helper")
    ]
    assert (bid.contact_name, bid.contact_email) == ("Ada Head", area.head.email)
    assert bid.origin_note == "Began as a request for support on 18 November 2026"
    assert bid.officer is area.officer
    declared = bid.declarations[0]
    assert (declared.user, declared.kind) == (area.officer, InterestKind.DISCLOSED)
    assert "rokered the request" in declared.text
    assert "school" in [recipient for recipient, _, _ in letters(make)]


def test_an_officer_starts_it_for_the_school_whose_head_must_confirm(
    area: SimpleNamespace, request_: SupportRequest
) -> None:
    bid = begin(area, request_, area.officer)
    assert (bid.origin, bid.partners, bid.officer) == (Origin.ENTERED, [], area.officer)


def test_the_head_who_is_also_the_officer_starts_it_as_a_school(
    make: Make, area: SimpleNamespace, request_: SupportRequest
) -> None:
    make.role(area.head, RoleName.OFFICER)
    make.session.expire_all()
    bid = begin(area, request_, area.head)
    assert (bid.origin, bid.officer, bid.declarations) == (Origin.SCHOOL, None, [])


def test_an_officer_of_the_proposed_school_cannot_start_it(
    make: Make, area: SimpleNamespace, request_: SupportRequest
) -> None:
    propose(area, request_)
    make.role(area.helpers_head, RoleName.DEPUTY_OFFICER)
    make.session.expire_all()
    with pytest.raises(Refused, match="your school, Helping Primary"):
        begin(area, request_, area.helpers_head)


def test_it_becomes_one_bid_only(make: Make, area: SimpleNamespace, request_: SupportRequest) -> None:
    version = request_.version
    begin(area, request_, area.head)
    with pytest.raises(AlreadyTaken):
        operations.begin_bid(request_, area.round, user=area.head, now=NOW, version=version)
    with pytest.raises(Refused, match="can no longer be done"):
        begin(area, request_, area.officer)
    assert len(make.session.scalars(select(Bid)).all()) == 1


def test_the_round_must_be_open_and_of_the_fund(
    make: Make, area: SimpleNamespace, request_: SupportRequest
) -> None:
    with pytest.raises(Refused, match="another fund"):
        operations.begin_bid(request_, make.round(make.fund()), user=area.head, now=NOW, version=None)
    area.round.closes_at = NOW - timedelta(days=1)
    with pytest.raises(Refused, match="closed"):
        begin(area, request_, area.head)


@pytest.mark.both_databases
def test_closing_tells_both_sides_why(make: Make, area: SimpleNamespace, request_: SupportRequest) -> None:
    operations.close(request_, reason="We found help ourselves.", user=area.head, now=NOW, version=None)
    assert (request_.state, request_.closed_reason) == (RequestState.CLOSED, "We found help ourselves.")
    assert {recipient for recipient, _, _ in letters(make)} == {"school", "officer"}
    entry = make.session.scalars(select(HistoryEntry)).one()
    assert (entry.process, entry.label) == ("support_request", "Closed the request")
