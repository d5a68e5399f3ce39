"""The pack of a meeting: for each reader the papers of the items they take part in, and no others."""

import pytest
from sqlalchemy import select

from fundflow.extensions import db
from fundflow.models.files import Viewing
from fundflow.models.interest import InterestKind
from fundflow.models.panel import AgendaItem
from fundflow.models.person import RoleName
from fundflow.panel.operations import agenda, interests, meetings
from fundflow.panel.operations.minutes import circulate, draft_minutes, issue_again
from fundflow.workflow.meeting import MeetingState
from tests.factories import Make
from tests.panel.held import Held, at, the_call, the_small_meeting, voted_by_email
from tests.pdf import (
    bookmarks_of,
    foreign_things,
    is_tagged,
    language_of,
    made_pdf,
    pages_of,
    press_here,
    text_of,
    title_of,
)

HOSTILE = '<img src="file:///etc/hostname"><script>x</script>'


@pytest.fixture
def held(make: Make) -> Held:
    """Two bids; the second is led by a school of whose bid Pat can't be part."""
    held = Held(make)
    held.bid(title="Phonics for all")
    held.bid(title="Secret garden", lead=make.school("Rosehill Infant School"), pence=412_345)
    held.seats["Pat"].school = held.meeting.items[1].bid.lead_school
    make.session.commit()
    return held


def issued(held: Held) -> Held:
    meetings.issue_papers(held.meeting, user=held.clerk, now=at(9, day=2))
    return held


def url(held: Held, rest: str = "/pack") -> str:
    return f"/meetings/{held.meeting.id}{rest}"


def test_before_the_papers_are_out_members_find_no_pack_and_staff_may_look(held: Held, sign_in) -> None:
    for rest in ("/pack", "/pack.pdf"):
        assert sign_in(held.user("Lee")).get(url(held, rest)).status_code == 404
    page = sign_in(held.clerk).get(url(held)).text
    assert "The papers of this item are not out yet." in page


def test_a_member_reads_agenda_and_papers_in_one_page_and_that_is_kept_for_each_bid(
    held: Held, sign_in
) -> None:
    issued(held)
    page = sign_in(held.user("Lee")).get(url(held)).text
    for words in (
        "Phonics for all",
        "Secret garden",
        "Only 58% of Year 1 pupils",
        "Papers number 1",
        "£4,123.45",
        "For Lee Council",
    ):
        assert words in page
    seen = db.session.execute(select(Viewing.user_id, Viewing.bid_id)).all()
    assert seen == [(held.user("Lee").id, item.bid_id) for item in held.meeting.items]


def test_what_a_reader_takes_no_part_in_is_nowhere_on_their_page(held: Held, sign_in) -> None:
    issued(held)
    page = sign_in(held.user("Pat")).get(url(held)).text
    assert page.count("An item you take no part in") == 2  # on the agenda and in the contents
    assert "Phonics for all" in page
    reference = held.meeting.items[1].bid.reference
    for words in ("Secret garden", "Rosehill", "4,123.45", reference, "item-2"):
        assert words not in page
    assert [v.bid_id for v in db.session.scalars(select(Viewing))] == [held.meeting.items[0].bid_id]


def test_what_a_reader_takes_no_part_in_is_nowhere_in_their_pdf(held: Held, sign_in, monkeypatch) -> None:
    press_here(monkeypatch)
    issued(held)
    data = made_pdf(sign_in(held.user("Pat")), url(held, "/pack.pdf")).data
    said = " ".join([text_of(data), title_of(data), *bookmarks_of(data)])
    assert "Phonics for all" in said
    reference = held.meeting.items[1].bid.reference
    for words in ("Secret garden", "Rosehill", "4,123.45", reference, "Item 2: T"):
        assert words not in said
    whole = made_pdf(sign_in(held.user("Lee")), url(held, "/pack.pdf")).data
    assert "Secret garden" in text_of(whole)
    assert len(pages_of(whole)) > len(pages_of(data))


def test_the_pdf_is_tagged_numbered_and_headed_by_the_meeting(held: Held, sign_in, monkeypatch) -> None:
    press_here(monkeypatch)
    answer = made_pdf(sign_in(issued(held).user("Lee")), url(held, "/pack.pdf"))
    assert answer.headers["Content-Disposition"] == 'attachment; filename="panel-papers-2026-12-08.pdf"'
    assert answer.headers["Cache-Control"] == "no-store"
    data = answer.data
    assert is_tagged(data)
    assert language_of(data) == "en-GB"
    assert title_of(data) == "Papers for the panel meeting on 8 December 2026"
    pages = pages_of(data)
    for number, page in enumerate(pages, 1):
        assert f"Page {number} of {len(pages)}" in page
    assert all("Local School Improvement Fund: panel meeting on 8 December 2026" in p for p in pages[1:])
    assert "Item 2: LSIF-0002 Secret garden" in bookmarks_of(data)


def test_words_that_schools_typed_are_words_and_bring_nothing_into_the_pdf(
    held: Held, sign_in, monkeypatch
) -> None:
    press_here(monkeypatch)
    bid = held.meeting.items[0].bid
    bid.title, bid.sent_title = HOSTILE, HOSTILE
    bid.review.need_notes = f"{HOSTILE} {'Donaudampfschifffahrtsgesellschaft' * 9}"
    issued(held)
    data = made_pdf(sign_in(held.user("Lee")), url(held, "/pack.pdf")).data
    assert "file:///etc/hostname" in text_of(data)
    assert foreign_things(data) == 0


def test_a_bid_that_was_taken_off_is_not_in_the_pack(held: Held, make: Make, sign_in) -> None:
    issued(held)
    other = make.meeting(held.fund, MeetingState.PLANNED, at(16, day=22))
    agenda.move_to(held.meeting.items[1], other.id, user=held.clerk, now=at(10, day=3))
    assert "Secret garden" not in sign_in(held.user("Lee")).get(url(held)).text


def test_the_pack_carries_the_last_minutes_once_members_may_read_them(make: Make, sign_in) -> None:
    held = the_small_meeting(make)
    minutes = draft_minutes(held.meeting, user=held.clerk, now=at(18))
    following = make.meeting(held.fund, MeetingState.PAPERS_ISSUED, at(16, day=22))
    place = f"/meetings/{following.id}/pack"
    assert "Minutes of the meeting" not in sign_in(held.user("Lee")).get(place).text
    circulate(minutes, user=held.clerk, now=at(19))
    page = sign_in(held.user("Lee")).get(place).text
    assert "Minutes of the meeting on 8 December 2026" in page
    assert "Vote: 5 for, 0 against." in page
    interests.declare(
        held.meeting.items[0],
        held.seats["Pat"].id,
        InterestKind.BARRED,
        "Family",
        user=held.user("Pat"),
        now=at(20),
    )
    page = sign_in(held.user("Pat")).get(place).text
    assert "Minutes of the meeting on 8 December 2026" in page
    assert "Vote: 5 for" not in page
    assert "Reading recovery" not in page


def test_the_pack_reports_decisions_by_email_since_the_last_meeting(
    make: Make, sign_in, time_machine
) -> None:
    time_machine.move_to(at(9, day=16))
    held = the_call(make)
    voted_by_email(held)
    following = make.meeting(held.fund, MeetingState.PAPERS_ISSUED, at(16, day=22))
    place = f"/meetings/{following.id}/pack"
    page = sign_in(held.user("Lee")).get(place).text
    assert "Decided by email since the last meeting" in page
    assert "Decision: fund, £12,500 of the £18,000 asked for." in page
    barred = sign_in(held.user("Pat")).get(place).text
    assert "An item you take no part in" in barred
    assert "12,500" not in barred
    assert "Hill Academy" not in barred


def test_no_votes_or_scores_are_in_the_pack(held: Held, make: Make, sign_in) -> None:
    held.begin()
    item = db.session.get_one(AgendaItem, held.meeting.items[0].id)
    held.votes(item, {"Lee": "+", "Gil": "-"}, at(16, 20))
    page = sign_in(make.staff(RoleName.AUDITOR)).get(url(held)).text
    assert "75" not in page.partition("Phonics for all")[2].partition("The bid, as it was sent")[0]
    assert "1 against" not in page
    assert "Vote:" not in page


def test_the_number_of_queries_does_not_grow_with_the_items(
    held: Held, sign_in, count_queries: list[str]
) -> None:
    issued(held)
    client = sign_in(held.user("Lee"))
    client.get(url(held))
    db.session.expire_all()
    count_queries.clear()
    client.get(url(held))
    two = len(count_queries)
    for n in range(6):
        bid = held.bid(title=f"More {n}")
        issue_again(bid.items[0], user=held.clerk, now=at(9, day=3))
    db.session.expire_all()
    count_queries.clear()
    client.get(url(held))
    assert len(count_queries) <= two
