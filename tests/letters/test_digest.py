from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from fundflow.letters.delivery import deliver
from fundflow.letters.digest import write_digests
from fundflow.models.letter import Letter, LetterStatus
from fundflow.models.person import RoleName
from tests.factories import NOW, Make
from tests.letters.conftest import Office

Write = Callable[..., Letter]
S = LetterStatus


def digests(session: Session) -> list[Letter]:
    return list(session.scalars(select(Letter).where(Letter.recipient == "digest")))


def test_a_day_of_letters_goes_as_one(make: Make, write: Write, session: Session, posted: Office) -> None:
    bid = make.bid()
    officer, finance = make.user("Olu Officer"), make.user("Fay Finance")
    for user, subject in ((officer, "First"), (officer, "Second"), (finance, "Third")):
        write(user.email, user_id=user.id, bid_id=bid.id, status=S.IN_DIGEST, subject=subject)
    assert write_digests(NOW) == 2
    digest = next(d for d in digests(session) if d.user_id == officer.id)
    assert digest.key == f"digest:{officer.id}:2026-11-18"
    assert digest.subject == "2 things for you today"
    assert f"- First\n  http://fund.example/bids/{bid.reference}\n" in digest.body
    assert "Third" not in digest.body
    assert not digest.outside
    assert deliver(NOW) == 2
    assert "- Second" in posted.text(0) + posted.text(1)
    carried = session.scalars(select(Letter).where(Letter.digest_id == digest.id)).all()
    assert [letter.subject for letter in carried] == ["First", "Second"]


def test_a_digest_leads_to_where_one_chooses_letters_one_by_one(
    make: Make, write: Write, session: Session, sign_in: Callable[..., Any]
) -> None:
    officer = make.staff(RoleName.OFFICER)
    write(officer.email, user_id=officer.id, status=S.IN_DIGEST)
    write_digests(NOW)
    session.commit()
    assert "under “Your details”: http://fund.example/me\n" in digests(session)[0].body
    page = sign_in(officer).get("/me").text
    assert "Your details" in page
    assert "An email for each thing, at once" in page


def test_what_is_about_no_bid_comes_first_whatever_the_database(
    make: Make, write: Write, session: Session
) -> None:
    user, bid = make.user(), make.bid()
    write(user.email, user_id=user.id, bid_id=bid.id, status=S.IN_DIGEST, subject="Of a bid")
    write(user.email, user_id=user.id, status=S.IN_DIGEST, subject="Of a meeting")
    write_digests(NOW)
    body = digests(session)[0].body
    assert body.index("- Of a meeting") < body.index("- Of a bid")


def test_a_person_has_at_most_one_digest_a_day(make: Make, write: Write, session: Session) -> None:
    user = make.user()
    write(user.email, user_id=user.id, status=S.IN_DIGEST)
    assert write_digests(NOW) == 1
    write(user.email, user_id=user.id, status=S.IN_DIGEST)
    assert write_digests(NOW + timedelta(hours=5)) == 0
    assert write_digests(NOW + timedelta(days=1)) == 1
    assert len(digests(session)) == 2


def test_digests_wait_for_the_hour_in_london_and_for_a_working_day(make: Make, write: Write) -> None:
    user = make.user()
    write(user.email, user_id=user.id, status=S.IN_DIGEST)
    assert write_digests(datetime(2026, 11, 18, 6, 59, tzinfo=UTC)) == 0
    assert write_digests(datetime(2026, 11, 21, 12, 0, tzinfo=UTC)) == 0  # a Saturday
    assert write_digests(datetime(2026, 12, 25, 12, 0, tzinfo=UTC)) == 0  # Christmas
    assert write_digests(datetime(2027, 6, 16, 5, 59, tzinfo=UTC)) == 0  # 06:59 in summer time
    assert write_digests(datetime(2027, 6, 16, 6, 0, tzinfo=UTC)) == 1


def test_somebody_who_left_gets_no_digest(make: Make, write: Write) -> None:
    user = make.user(active=False)
    write(user.email, user_id=user.id, status=S.IN_DIGEST)
    assert write_digests(NOW) == 0


def test_a_very_long_digest_names_sixty_and_counts_the_rest(
    make: Make, write: Write, session: Session
) -> None:
    user = make.user()
    for _ in range(63):
        write(user.email, user_id=user.id, status=S.IN_DIGEST)
    write_digests(NOW)
    digest = digests(session)[0]
    assert digest.subject == "63 things for you today"
    assert digest.body.count("LSIF-0031") == 60
    assert "- and 3 more" in digest.body


def test_a_digest_of_one_letter_has_its_subject(make: Make, write: Write, session: Session) -> None:
    user = make.user()
    write(user.email, user_id=user.id, status=S.IN_DIGEST, subject="LSIF-0031: new bid for £3,000")
    write_digests(NOW)
    assert digests(session)[0].subject == "LSIF-0031: new bid for £3,000"
