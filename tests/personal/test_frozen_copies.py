"""Removed people are taken out of frozen copies of bids that stay; any other change is still found."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from fundflow.applications.freezing import as_text, sha256
from fundflow.chain.sealing import begin_and_seal
from fundflow.checking import everything_wrong
from fundflow.extensions import db
from fundflow.models.history import HistoryEntry
from fundflow.models.minutes import Paper
from fundflow.models.person import RoleName as R
from fundflow.models.review import Submission
from fundflow.papers import fingerprint, issue
from fundflow.personal.removals import approve, propose
from fundflow.personal.removing import REMOVED
from fundflow.rules.frozen_copies import NAMES_TAKEN_OUT
from fundflow.workflow.application import BidState
from tests.audit.test_pack import put_into_manifest, taken, unpacked, verified
from tests.checking.breaking import break_with
from tests.factories import NOW, Make
from tests.personal.test_removal import LATER, World
from tests.scenes import scene

SignIn = Callable[..., Any]
NAME = "Rosalind Quillfeather"


class Kept(World):
    """Beside what is removed, a bid that goes on, whose frozen version and papers name the head."""

    def __init__(self, make: Make) -> None:
        super().__init__(make)
        self.kept = make.bid(state=BidState.AT_PANEL)
        make.session.flush()
        sent = db.session.scalars(select(Submission).where(Submission.bid_id == self.kept.id)).one()
        answers = {**json.loads(sent.answers), "row": ["Rosalind", "Quillfeather"], "said": f"{NAME} asked."}
        text = as_text(answers)
        make.session.add(
            Submission(
                bid_id=self.kept.id, number=2, at=NOW, by_id=sent.by_id, answers=text, sha256=sha256(text)
            )
        )
        self.kept.review.need_notes = f"{NAME} wrote to us."
        item = make.item(self.kept)
        paper = issue(item, user=self.officer, now=NOW)
        make.session.commit()
        self.paper, self.sent = paper.id, paper.submission_id or 0
        self.kept.review.need_notes = ""
        make.session.commit()


world = scene(Kept)


def _removed(world: Kept) -> None:
    begin_and_seal(NOW)
    approve(propose(user=world.first, now=LATER), user=world.second, now=LATER)
    db.session.expire_all()


@pytest.mark.both_databases
def test_the_name_goes_and_every_hash_still_fits(world: Kept) -> None:
    before = db.session.get_one(Submission, world.sent).sha256
    _removed(world)
    sent, paper = db.session.get_one(Submission, world.sent), db.session.get_one(Paper, world.paper)
    assert json.loads(sent.answers)["said"] == f"{REMOVED} asked."
    assert json.loads(sent.answers)["row"] == ["Rosalind", "Quillfeather"]  # two answers, no full name
    assert paper.report["need_notes"] == f"{REMOVED} wrote to us."
    assert sent.sha256 == before
    entry = db.session.scalars(select(HistoryEntry).where(HistoryEntry.step == NAMES_TAKEN_OUT)).one()
    assert (entry.bid_id, entry.user_id, entry.internal) == (world.kept.id, world.second.id, True)
    assert entry.facts["copies"] == {
        "submission": {str(sent.id): sha256(sent.answers)},
        "paper": {str(paper.id): fingerprint(sent, paper.report, paper.figures)},
    }
    assert list(everything_wrong(chains=True)) == []


def test_the_page_of_the_version_gives_the_fingerprint_of_what_is_downloaded(
    world: Kept, sign_in: SignIn
) -> None:
    sent = db.session.get_one(Submission, world.sent)
    page = f"/bids/{world.kept.reference}/application/versions/2"
    assert "Its fingerprint since" not in sign_in(world.officer).get(page).text
    _removed(world)
    client = sign_in(world.officer)
    text, kept = client.get(page).text, client.get(f"{page}.json").text
    assert f"Its fingerprint since: {sha256(kept)}" in text
    assert sent.sha256 in text
    break_with("UPDATE submission SET answers = answers || ' ' WHERE id = :id", id=world.sent)
    assert sha256(client.get(f"{page}.json").text) not in client.get(page).text


def test_a_copy_changed_after_that_is_found(world: Kept) -> None:
    _removed(world)
    break_with("UPDATE submission SET answers = answers || ' ' WHERE id = :id", id=world.sent)
    db.session.commit()
    assert [one.check for one in everything_wrong()] == ["sent_versions"]


def test_papers_that_nobody_changed_are_not_issued_again(world: Kept) -> None:
    _removed(world)
    world.kept.review.need_notes = f"{NAME} wrote to us."
    paper = db.session.get_one(Paper, world.paper)
    assert issue(paper.item, user=world.officer, now=LATER).id == paper.id


def test_the_audit_pack_fits_and_still_finds_a_forged_version(
    world: Kept, make: Make, sign_in: SignIn, tmp_path: Path
) -> None:
    _removed(world)
    folder = unpacked(taken(sign_in(make.staff(R.AUDITOR)), world.kept), tmp_path / "pack")
    assert verified(folder)[0] == 0, verified(folder)[1]
    assert "Quillfeather wrote" not in "".join(path.read_text() for path in (folder / "papers").iterdir())
    version = folder / "versions/2.json"
    version.write_bytes(version.read_bytes() + b" ")
    put_into_manifest(folder, "versions/2.json")
    assert "versions/2.json is not what was stored." in verified(folder)[1]
