"""The minutes: edited by the clerk, read by those who took part, agreed."""

import pytest
from sqlalchemy import select

from fundflow.chain.sealing import seal
from fundflow.extensions import db
from fundflow.models.interest import Declaration, InterestKind
from fundflow.models.letter import Letter
from fundflow.models.minutes import Minutes
from fundflow.models.person import RoleName
from fundflow.panel.minutes import reading
from fundflow.panel.minutes.drafting import draft
from fundflow.panel.operations import decisions, interests
from fundflow.panel.operations.minutes import (
    agree_minutes,
    circulate,
    draft_again,
    draft_minutes,
    edit_section,
)
from fundflow.steps import Stale
from fundflow.workflow.engine import Refused
from fundflow.workflow.meeting import MeetingState
from fundflow.workflow.minutes import MinutesState
from tests.factories import Make
from tests.panel.held import Held, at
from tests.pdf import bookmarks_of, made_pdf, press_here, text_of, title_of

# -- the clerk's page ---------------------------------------------------------------------------


def minutes_of(held: Held) -> Minutes:
    return db.session.scalars(select(Minutes).where(Minutes.meeting_id == held.meeting.id)).one()


def drafted(held: Held) -> Minutes:
    return draft_minutes(held.meeting, user=held.clerk, now=at(18))


def circulated(held: Held) -> Minutes:
    minutes = drafted(held)
    circulate(minutes, user=held.clerk, now=at(19))
    return minutes


def url(held: Held, rest: str = "") -> str:
    return f"/meetings/{held.meeting.id}/minutes{rest}"


def test_the_clerk_drafts_edits_and_lets_out_the_minutes(held: Held, sign_in) -> None:
    client = sign_in(held.clerk)
    assert "Draft the minutes" in client.get(url(held)).text
    client.post(url(held, "/draft"))
    minutes = minutes_of(held)
    section = minutes.sections[1]
    typed = {"text": "All five members.\r\n\r\n- Nobody else", "version": minutes.version}
    page = client.post(url(held, f"/sections/{section.id}"), data=typed, follow_redirects=True)
    assert "The section is saved." in page.text
    assert "<li>Nobody else</li>" in page.text
    assert section.text == "All five members.\n\n- Nobody else"
    assert section.drafted.startswith("- Chris Chair (chair")
    page = client.post(
        url(held, "/steps/circulate"), data={"version": minutes.version}, follow_redirects=True
    )
    assert "The members can read the minutes." in page.text
    assert minutes.state is MinutesState.CIRCULATED
    assert client.get(url(held, f"/sections/{section.id}")).status_code == 200
    again = client.post(url(held, f"/sections/{section.id}"), data={"text": "x", "version": minutes.version})
    assert again.status_code == 409
    assert "Take them back first" in again.text


def test_a_stale_page_overwrites_no_edit_of_a_colleague(held: Held) -> None:
    minutes = drafted(held)
    before = minutes.version
    edit_section(minutes, minutes.sections[0], "Mine", user=held.clerk, now=at(18), version=before)
    with pytest.raises(Stale):
        edit_section(minutes, minutes.sections[0], "Yours", user=held.clerk, now=at(18), version=before)
    assert minutes.sections[0].text == "Mine"


@pytest.mark.both_databases
def test_the_page_says_when_the_records_have_changed_since(held: Held, sign_in) -> None:
    minutes = drafted(held)
    client = sign_in(held.clerk)
    assert "The records have changed since" not in client.get(url(held)).text
    decisions.undo_decision(held.meeting.items[0].bid, "Wrong bid", user=held.user("Chris"), now=at(9, day=9))
    assert "The records have changed since" in client.get(url(held)).text
    draft_again(minutes, keep=True, user=held.clerk, now=at(10, day=9))
    assert "The records have changed since" not in client.get(url(held)).text
    assert "Taken back on 9 December 2026" in minutes.sections[2].text


def test_drafting_again_asks_first_and_keeps_or_loses_what_was_edited(held: Held, sign_in) -> None:
    minutes = drafted(held)
    edit_section(minutes, minutes.sections[2], "In my words.", user=held.clerk, now=at(18))
    decisions.undo_decision(held.meeting.items[0].bid, "Wrong bid", user=held.user("Chris"), now=at(9, day=9))
    client = sign_in(held.clerk)
    asked = client.post(url(held, "/again"), data={"version": minutes.version})
    assert asked.status_code == 422
    assert "Select what should become of the sections you changed" in asked.text
    client.post(url(held, "/again"), data={"version": minutes.version, "edits": "keep"})
    assert minutes.sections[2].text == "In my words."
    assert "Taken back" in minutes.sections[2].drafted
    client.post(url(held, "/again"), data={"version": minutes.version, "edits": "new"})
    assert "Taken back" in minutes.sections[2].text


def test_drafting_twice_gives_one_set_of_minutes(held: Held) -> None:
    assert drafted(held) is drafted(held)
    assert [section.position for section in drafted(held).sections] == [1, 2, 3]


def test_only_the_clerk_writes_and_lets_out_minutes(held: Held) -> None:
    minutes = drafted(held)
    chair = held.user("Chris")
    for act in (
        lambda: draft_minutes(held.meeting, user=chair, now=at(18)),
        lambda: draft_again(minutes, keep=False, user=chair, now=at(18)),
        lambda: edit_section(minutes, minutes.sections[0], "x", user=chair, now=at(18)),
        lambda: circulate(minutes, user=chair, now=at(18)),
    ):
        with pytest.raises(Refused, match="Only the panel’s clerk"):
            act()


def test_minutes_wait_until_the_meeting_is_over(make: Make) -> None:
    held = Held(make)
    held.bid()
    with pytest.raises(Refused, match="once the meeting has started"):
        drafted(held)
    held.begin()
    minutes = drafted(held)
    with pytest.raises(Refused, match="Close the meeting first"):
        circulate(minutes, user=held.clerk, now=at(17))


@pytest.mark.both_databases
def test_minutes_taken_back_are_a_draft_again_with_the_reason_kept(held: Held, sign_in) -> None:
    minutes = circulated(held)
    client = sign_in(held.clerk)
    page = client.post(
        url(held, "/steps/take-back"),
        follow_redirects=True,
        data={"reason": "A name is wrong", "version": minutes.version},
    )
    assert minutes.state is MinutesState.DRAFT
    assert "A name is wrong" in page.text
    assert sign_in(held.user("Chris")).get(url(held)).status_code == 404


def test_a_later_meeting_agrees_the_minutes_and_says_so_in_its_own(held: Held, make: Make, sign_in) -> None:
    minutes = circulated(held)
    planned = make.meeting(held.fund, MeetingState.PLANNED, at(16, day=15))
    later = make.meeting(held.fund, MeetingState.IN_SESSION, at(16, day=22))
    sealed = seal(at(17, day=21))
    assert sealed is not None
    client = sign_in(held.clerk)
    page = client.get(url(held, "/steps/agree")).text
    assert "22 December 2026" in page
    assert "15 December 2026" not in page
    with pytest.raises(Refused, match="Select a later meeting"):
        agree_minutes(minutes, planned.id, user=held.clerk, now=at(17, day=22))
    client.post(url(held, "/steps/agree"), data={"meeting": str(later.id), "version": minutes.version})
    assert (minutes.state, minutes.agreed_at_id) == (MinutesState.AGREED, later.id)
    assert "Agreed at the meeting on 22 December 2026" in sign_in(held.user("Lee")).get(url(held)).text
    for path in (url(held), url(held, "/print")):
        assert f"agreed: {sealed.hash}" in client.get(path).text
    assert "The minutes of the meeting on 8 December 2026 were agreed." in str(draft(later, at(18, day=22)))
    with pytest.raises(Refused, match="Take them back first"):
        draft_again(minutes, keep=False, user=held.clerk, now=at(18, day=22))


def test_letting_minutes_out_writes_to_no_member(held: Held) -> None:
    circulated(held)
    members = {seat.user_id for seat in held.seats.values()}
    told = [letter for letter in db.session.scalars(select(Letter)) if "inutes of" in letter.subject]
    assert told
    assert not members & {letter.user_id for letter in told}


# -- who reads what -----------------------------------------------------------------------------


def barred(held: Held, name: str) -> None:
    """Their interest was found after the decision."""
    interests.declare(
        held.meeting.items[0],
        held.seats[name].id,
        InterestKind.BARRED,
        "Family",
        user=held.user(name),
        now=at(20),
    )


def test_members_read_the_minutes_once_they_are_let_out(held: Held, sign_in) -> None:
    minutes = drafted(held)
    for rest in ("", "/print"):
        assert sign_in(held.user("Lee")).get(url(held, rest)).status_code == 404
    circulate(minutes, user=held.clerk, now=at(19))
    page = sign_in(held.user("Lee")).get(url(held)).text
    assert "Vote: 5 for, 0 against." in page
    assert "Edit" not in page


SECRET = ("Reading recovery", "LSIF-0001", "£3,000", "Oakfield", "Elm Grove", "75 of 100", "5 for")


@pytest.mark.parametrize("rest", ["", "/print"])
def test_a_barred_member_reads_nothing_of_the_item(held: Held, sign_in, rest: str) -> None:
    circulated(held)
    barred(held, "Pat")
    page = sign_in(held.user("Pat")).get(url(held, rest)).text
    assert "An item you take no part in" in page
    assert "Dev Deputy (deputy chair" in page
    assert not [words for words in SECRET if words in page]


def test_a_barred_member_gets_a_pdf_without_the_item(held: Held, sign_in, monkeypatch) -> None:
    press_here(monkeypatch)
    circulated(held)
    barred(held, "Pat")
    data = made_pdf(sign_in(held.user("Pat")), f"/meetings/{held.meeting.id}/minutes.pdf").data
    said = f"{text_of(data)} {title_of(data)} {bookmarks_of(data)}"
    assert "An item you take no part in" in said
    assert not [words for words in SECRET if words in said]
    whole = text_of(made_pdf(sign_in(held.user("Lee")), f"/meetings/{held.meeting.id}/minutes.pdf").data)
    assert "Vote: 5 for, 0 against." in whole
    assert "Page 1 of" in whole


def test_a_barred_clerk_can_neither_read_nor_edit_the_section(held: Held, sign_in) -> None:
    minutes = drafted(held)
    section = minutes.sections[2]
    db.session.add(
        Declaration(
            bid=held.meeting.items[0].bid,
            user_id=held.clerk.id,
            declared_at=at(18),
            kind=InterestKind.BARRED,
            text="x",
            recorded_by_id=held.clerk.id,
        )
    )
    db.session.commit()
    client = sign_in(held.clerk)
    assert not [words for words in SECRET if words in client.get(url(held)).text]
    assert client.get(url(held, f"/sections/{section.id}")).status_code == 404
    with pytest.raises(Refused, match="You can’t handle this item"):
        edit_section(minutes, section, "x", user=held.clerk, now=at(19))


def test_auditors_read_every_section(held: Held, make: Make, sign_in) -> None:
    drafted(held)
    page = sign_in(make.staff(RoleName.AUDITOR)).get(url(held)).text
    assert "Vote: 5 for, 0 against." in page


def test_a_text_is_read_in_paragraphs_and_lists() -> None:
    assert reading.blocks("One\nline\n\n- a\n- b\nAfter\n\n\nEnd") == [
        (False, ["One", "line"]),
        (True, ["a", "b"]),
        (False, ["After"]),
        (False, ["End"]),
    ]
