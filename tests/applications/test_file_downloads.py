"""Reading the files of a bid: who may, and what is kept of it."""

from collections.abc import Callable

import obstore
import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from fundflow.models.bid import Origin
from fundflow.models.files import Viewing
from fundflow.models.person import RoleName as R
from fundflow.models.person import Standing, User
from fundflow.workflow.application import BidState as S
from tests.applications.helpers import file_path, freeze, full_bid
from tests.factories import NOW, Make
from tests.files.kept import Kept, kept

__all__ = ["kept"]

SignIn = Callable[[User | None], FlaskClient]


# -- who may read ---------------------------------------------------------------------------------


def can_read(sign_in: SignIn, user: User, path: str) -> bool:
    with sign_in(user).get(path) as got:
        assert got.status_code in (200, 404)
        return got.status_code == 200


def test_a_drafts_files_are_the_lead_schools_and_of_the_officers_who_see_the_draft(
    head: User, make: Make, sign_in: SignIn, kept: Kept
) -> None:
    bid, entered = full_bid(make, head), full_bid(make, head, origin=Origin.ENTERED)
    team = make.member(head.memberships[0].school, Standing.TEAM)
    provider = make.member(bid.partners[0].school)
    officer, administrator = make.staff(R.OFFICER), make.staff(R.ADMINISTRATOR)
    for one, readers in ((bid, {head, team}), (entered, {head, team, officer})):
        path = file_path(one, kept.file(make, one))
        for user in (head, team, provider, officer, administrator, make.member(make.school())):
            assert can_read(sign_in, user, path) == (user in readers), user.name


def test_a_submitted_bids_files_are_read_by_whoever_sees_the_bid_unless_barred(
    head: User, make: Make, sign_in: SignIn, kept: Kept
) -> None:
    fund, provider = make.fund(), make.school("Elm")
    officer, finance = make.staff(R.OFFICER), make.staff(R.FINANCE)
    bid = full_bid(make, head, S.AT_PANEL, fund=fund, officer=officer, provider=provider)
    path = file_path(bid, kept.file(make, bid))
    freeze(make, bid, 2)
    seated, barred = make.seat(fund).user, make.seat(fund, school=provider).user
    for user, reads in (
        (head, True),
        (officer, True),
        (make.member(provider), True),
        (seated, True),
        (make.staff(R.AUDITOR), True),
        (barred, False),
        (finance, False),
        (make.member(make.school()), False),
    ):
        assert can_read(sign_in, user, path) == reads, user.name


def test_what_was_added_or_removed_and_not_sent_yet_is_the_lead_schools_alone(
    head: User, make: Make, sign_in: SignIn, session: Session, kept: Kept
) -> None:
    officer = make.staff(R.OFFICER)
    bid = full_bid(make, head, S.IN_REVIEW, officer=officer)
    removed = kept.file(make, bid, "removed.pdf")
    freeze(make, bid, 2)
    removed.removed_at, bid.correcting_since = NOW, NOW
    added = kept.file(make, bid, "added.pdf")
    assert can_read(sign_in, head, file_path(bid, added))
    assert not can_read(sign_in, officer, file_path(bid, added))
    assert can_read(sign_in, officer, file_path(bid, removed))  # what was last sent is what is reviewed
    application = f"/bids/{bid.reference}/application"
    assert "removed.pdf" in sign_in(officer).get(application).text
    assert "added.pdf" not in sign_in(officer).get(application).text
    assert "added.pdf" in sign_in(head).get(application).text


def test_what_an_earlier_version_alone_names_is_read_by_those_who_review(
    head: User, make: Make, sign_in: SignIn, kept: Kept
) -> None:
    officer = make.staff(R.OFFICER)
    bid = full_bid(make, head, S.IN_REVIEW, officer=officer)
    file = kept.file(make, bid)
    freeze(make, bid, 2)
    file.removed_at = NOW
    make.session.flush()
    freeze(make, bid, 3)
    provider = make.member(bid.partners[0].school)
    old, new = (f"/bids/{bid.reference}/application/versions/{number}" for number in (2, 3))
    for user, reads in ((officer, True), (make.staff(R.AUDITOR), True), (head, False), (provider, False)):
        assert can_read(sign_in, user, file_path(bid, file)) == reads, user.name
        text = sign_in(user).get(old).text
        assert "plan.pdf" in text
        assert (file_path(bid, file) in text) == reads
        assert ("Taken off the bid since" in text) != reads
        assert "plan.pdf" not in sign_in(user).get(new).text


def test_a_files_id_works_on_its_own_bid_alone(head: User, make: Make, sign_in: SignIn, kept: Kept) -> None:
    mine, other = full_bid(make, head), full_bid(make, make.member(make.school()))
    file = kept.file(make, other)
    for path in (
        file_path(mine, file),
        file_path(other, file),
        f"/bids/{mine.reference}/files/0",
        f"/bids/{mine.reference}/files/{10**20}",
    ):
        assert sign_in(head).get(path).status_code == 404


def test_bytes_that_are_not_what_was_stored_are_not_given_out(
    head: User, make: Make, sign_in: SignIn, kept: Kept, caplog: pytest.LogCaptureFixture
) -> None:
    bid = full_bid(make, head)
    file = kept.file(make, bid)
    obstore.put(kept.store.inner, file.store_key, b"something else")
    answer = sign_in(head).get(file_path(bid, file))
    assert answer.status_code == 409
    assert "This file is not what was stored" in answer.text
    assert file.store_key in caplog.text


# -- who read it ----------------------------------------------------------------------------------


def test_every_reading_is_kept_and_shown_to_auditors_and_administrators(
    head: User, make: Make, sign_in: SignIn, session: Session, kept: Kept
) -> None:
    officer = make.staff(R.OFFICER, "Olu Officer")
    bid = full_bid(make, head, S.IN_REVIEW, officer=officer)
    file = kept.file(make, bid)
    freeze(make, bid, 2)
    assert can_read(sign_in, officer, file_path(bid, file))
    assert not can_read(sign_in, make.member(make.school()), file_path(bid, file))
    assert [(v.bid_id, v.user_id, v.what) for v in session.scalars(select(Viewing))] == [
        (bid.id, officer.id, "File: plan.pdf")
    ]
    path = f"/bids/{bid.reference}/viewings"
    for user in (make.staff(R.AUDITOR), make.staff(R.ADMINISTRATOR)):
        assert path in sign_in(user).get(f"/bids/{bid.reference}/history").text
        assert "Olu Officer" in sign_in(user).get(path).text
    for user in (officer, head):
        assert path not in sign_in(user).get(f"/bids/{bid.reference}/history").text
        assert sign_in(user).get(path).status_code == 403


def test_readings_are_shown_a_page_at_a_time_in_one_query(
    head: User, make: Make, sign_in: SignIn, session: Session, count_queries: list[str]
) -> None:
    bid = full_bid(make, head, S.IN_REVIEW)
    auditor = make.staff(R.AUDITOR)
    client = sign_in(auditor)
    path, counts = f"/bids/{bid.reference}/viewings", []
    for more in (1, 120):
        session.add_all(
            [Viewing(bid_id=bid.id, user_id=head.id, what=f"File: {n}.pdf", at=NOW) for n in range(more)]
        )
        session.commit()
        count_queries.clear()
        html = client.get(path).text
        counts.append(len(count_queries))
    assert counts[0] == counts[1]
    assert html.count("File: ") == 50
    seen = 50
    while "Earlier ones" in html:
        after = html.rpartition("?after=")[2].partition('"')[0]
        html = client.get(f"{path}?after={after}").text
        seen += html.count("File: ")
    assert seen == 121
