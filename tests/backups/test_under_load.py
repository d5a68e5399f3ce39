"""A backup while writers write: put back elsewhere, nothing that was acknowledged before is missing."""

import threading
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import func, select

from fundflow.backups import operations
from fundflow.extensions import db
from fundflow.files import files
from fundflow.models.bid import Bid
from fundflow.models.files import Attachment
from fundflow.models.history import HistoryEntry
from fundflow.models.letter import Letter
from fundflow.models.person import RoleName, User
from fundflow.steps import take_step
from fundflow.workflow.application import BidState as S
from tests.backups.conftest import Elsewhere
from tests.factories import NOW, Make
from tests.files.kept import Kept

pytestmark = [pytest.mark.both_databases, pytest.mark.thorough]
BIDS, WRITERS = 160, 4


@dataclass
class Town:
    """What the writers have to do, and what they were told is done."""

    app: Flask
    officer: int
    bids: list[int]
    kept: Kept
    done: set[int] = field(default_factory=set)
    failed: list[Exception] = field(default_factory=list)

    def write(self) -> None:
        """Take up one bid after the other, each with a file, until none is left."""
        with self.app.app_context():
            try:
                while self.bids:
                    number = self.bids.pop()
                    self._take_up(number)
                    self.done.add(number)
            except Exception as error:
                self.failed.append(error)
            finally:
                db.session.remove()

    def _take_up(self, number: int) -> None:
        bid = db.session.get_one(Bid, number, with_for_update=True, populate_existing=True)
        self.kept.file(Make(db.session), bid, f"{number}.pdf")  # type: ignore[arg-type]
        take_step(bid, "take_up", user=db.session.get_one(User, self.officer), now=NOW)
        db.session.commit()


@pytest.fixture
def town(real_app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Town:
    monkeypatch.setitem(real_app.config, "DATA", tmp_path / "council")
    kept = Kept(tmp_path / "council")
    monkeypatch.setitem(real_app.extensions, "fundflow_files", kept.store)
    with real_app.app_context():
        make = Make(db.session)  # type: ignore[arg-type]
        fund, officer = make.fund(), make.staff(RoleName.OFFICER)
        bids = [make.bid(state=S.SUBMITTED, fund=fund) for _ in range(BIDS)]
        db.session.commit()
        found = Town(real_app, officer.id, [bid.id for bid in bids], kept)
        db.session.remove()
    return found


def test_no_acknowledged_step_is_missing_and_none_is_there_in_part(
    town: Town, elsewhere: Elsewhere, tmp_path: Path
) -> None:
    writers = [threading.Thread(target=town.write) for _ in range(WRITERS)]
    for writer in writers:
        writer.start()
    while len(town.done) < BIDS // 8 and not town.failed:
        writers[0].join(0.01)
    before = set(town.done)
    with town.app.app_context():
        made = operations.back_up(tmp_path / "backup.tar")
        db.session.remove()
    unfinished = [writer for writer in writers if writer.is_alive()]
    for writer in writers:
        writer.join()
    assert not town.failed
    assert unfinished, "the backup took longer than the writers: more bids are needed"
    assert made.wrong == []

    there = elsewhere()
    with there.app_context():
        assert operations.restore(tmp_path / "backup.tar", there).wrong == []
        taken_up = set(db.session.scalars(select(Bid.id).where(Bid.state == S.IN_REVIEW)))
        assert before <= taken_up < town.done
        assert counted(HistoryEntry.bid_id, HistoryEntry.step == "take_up") == dict.fromkeys(taken_up, 1)
        assert counted(Attachment.bid_id) == dict.fromkeys(taken_up, 1)
        assert counted(Letter.bid_id).keys() == taken_up
        for key, sha256 in db.session.execute(select(Attachment.store_key, Attachment.sha256)):
            with closing(files().fetch(key, sha256)) as content:
                assert content.read().startswith(b"%PDF")


def counted(column: Any, *conditions: Any) -> dict[int, int]:
    rows = db.session.execute(select(column, func.count()).where(*conditions).group_by(column))
    return {bid: number for bid, number in rows}
