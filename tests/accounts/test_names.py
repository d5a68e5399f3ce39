"""Names are evidence: nobody takes another's, history keeps who somebody was, and a change is told."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from fundflow.accounts import people
from fundflow.accounts.names import why_not_name
from fundflow.accounts.operations import change_me
from fundflow.accounts.places import RolePlace
from fundflow.history import record_event
from fundflow.models.history import HistoryEntry
from fundflow.models.letter import Letter
from fundflow.models.person import RoleName, SeatPosition, User
from fundflow.names import identity
from fundflow.workflow.application import BidState
from fundflow.workflow.engine import Refused

NOW = datetime.now(UTC)
LOOK_ALIKES = (
    "Priya Raman",
    "PRIYA RAMAN",
    "priya  raman",
    "Priya-Raman",
    "PriyaRaman",
    "Рriya Rаman",  # Cyrillic Р and а
    "Ｐｒｉｙａ Ｒａｍａｎ",
    "Prίya Raman",  # Greek iota
    "Pr1ya Raman",
    "Prlya Raman",
    "Priya Ráman",
    "Priya Rarnan",
    "Priya Raman.",
)
RESERVED = (
    "Fundflow",
    "fundﬂow",
    "FUND FLOW",
    "The command line",
    "The clock",
    "Removed on request",
    "School improvement fund",
    "Borough of Brackenford",
    *(kind.words for kind in (*RoleName, *SeatPosition)),
)


@pytest.fixture
def priya(make, session):
    officer = make.staff(RoleName.OFFICER, "Priya Raman", job_title="Senior liaison officer")
    session.commit()
    return officer


def change(user, name, job_title="", each_letter=None):
    change_me(user, name=name, job_title=job_title, each_letter=each_letter, now=NOW)


@pytest.mark.parametrize("name", LOOK_ALIKES)
def test_a_name_that_reads_like_anothers_is_refused_on_ones_own_page(make, session, sign_in, priya, name):
    head = make.member(make.school(), name="Ada Head")
    session.commit()
    answer = sign_in(head).post("/me", data={"name": name, "job_title": "Senior liaison officer"})
    assert answer.status_code == 409
    assert "Another account has, or had, this name" in answer.text
    assert "Senior liaison officer" in answer.text  # nothing typed is lost
    session.refresh(head)
    assert (head.name, head.job_title) == ("Ada Head", "")


@pytest.mark.parametrize("name", RESERVED)
def test_what_the_service_calls_itself_is_no_name(app, priya, name):
    assert "the service itself" in why_not_name(name)


@pytest.mark.parametrize("name", ["—", "12", "...", "☃"])
def test_a_name_has_letters(app, name):
    assert why_not_name(name) == "A name must have letters in it."


@pytest.mark.parametrize("name", ["Priya Ramanujan", "Zoë Ní Bhriain", "李小龙", "Олена Коваль"])
def test_other_names_are_fine_in_whatever_script(app, priya, name):
    assert why_not_name(name) is None


def test_one_may_write_ones_own_name_otherwise(make, session, priya):
    change(priya, "Priya RAMAN")
    assert priya.name == "Priya RAMAN"


def test_a_name_somebody_had_before_stays_theirs(make, session, priya):
    change(priya, "Priya Shah")
    head = make.user("Ada Head")
    with pytest.raises(Refused, match="has, or had, this name"):
        change(head, "Priya Raman")
    session.rollback()
    change(priya, "Priya Raman")
    assert priya.name == "Priya Raman"


def test_an_invitation_and_the_command_line_refuse_it_too(app, make, session, priya):
    admin = make.staff(RoleName.ADMINISTRATOR)
    session.commit()
    with pytest.raises(Refused, match="Another account"):
        people.invite(
            email="x@y.example",
            name="Priya Rаman",
            job_title="",
            place=RolePlace(RoleName.CLERK, None, NOW.date()),
            by=admin,
            now=NOW,
        )
    session.rollback()
    run = app.test_cli_runner().invoke
    answer = run(args=["people", "add", "x@y.example", "--role", "clerk", "--name", "priya raman"])
    assert answer.exit_code == 2
    assert "Another account" in answer.output
    assert session.scalar(select(User.id).where(User.email == "x@y.example")) is None


@pytest.mark.parametrize(
    ("name", "job_title", "said"),
    [
        ("Ada Bell", "Head", "Ada Head is now called Ada Bell"),
        ("Ada Head", "Liaison officer", "job title now “Liaison officer”"),
        ("Ada Head", "", "no job title now"),
    ],
)
def test_a_change_of_name_or_job_title_is_told_to_administrators_and_kept(
    make, session, name, job_title, said
):
    make.staff(RoleName.ADMINISTRATOR, "Una Admin")
    head = make.user("Ada Head", job_title="Head")
    session.commit()
    change(head, name, job_title)
    letter = session.scalar(select(Letter))
    assert letter.name == "Una Admin"
    assert said in letter.body
    entry = session.scalar(select(HistoryEntry))
    assert (said in entry.label, entry.actor_name, entry.user_id) == (True, "Ada Head", head.id)


def test_saving_ones_page_unchanged_tells_nobody(make, session):
    make.staff(RoleName.ADMINISTRATOR)
    head = make.user("Ada Head", job_title="Head")
    change(head, "Ada Head", "Head")
    assert session.scalar(select(Letter)) is None


def test_history_shows_name_and_role_as_they_were_and_the_account_behind_them(
    make, session, sign_in, priya, now
):
    bid = make.bid(state=BidState.IN_REVIEW, officer=priya)
    record_event(bid, "note", "Looked at it", user=priya, now=now)
    session.commit()
    change(priya, "Priya Shah")
    priya.roles[0].ends_on = now.date()
    auditor, deputy = make.staff(RoleName.AUDITOR), make.staff(RoleName.DEPUTY_OFFICER)
    session.commit()
    for reader in (auditor, deputy):
        page = sign_in(reader).get(f"/bids/{bid.reference}/history").text
        assert "Priya Raman, liaison officer" in page
        assert priya.email in page
        assert (f"/people/{priya.id}" in page) == (reader is auditor)


def test_a_head_is_called_head_of_the_school_that_takes_part(make, session, now):
    bid = make.bid()
    head = make.member(bid.lead_school, name="Ada Head")
    make.seat(make.fund(), head)
    entry = record_event(bid, "note", "Wrote", user=head, now=now)
    assert entry.actor == f"Ada Head, head teacher of {bid.lead_school.name}"


def test_the_role_is_kept_under_the_hash_and_the_clock_has_none(make, session, now, priya):
    from fundflow.models.history import words_hash

    bid = make.bid(officer=priya)
    entry = record_event(bid, "note", "Looked", user=priya, now=now)
    session.commit()
    assert entry.words_hash == words_hash(entry.words.copy())
    assert entry.words_hash != words_hash({**entry.words.copy(), "actor_role": "finance officer"})
    assert record_event(bid, "note", "Ticked", user=None, now=now).actor == "Fundflow"


def test_folding_keeps_different_names_apart():
    names = ["Ann Lee", "Anne Lee", "Ann Leigh", "Bo Lee", "Tim Oak", "Tom Oak"]
    assert len({identity(name) for name in names}) == len(names)
