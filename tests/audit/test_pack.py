"""The audit pack of a bid: whole, and checked by the program inside it, which needs only Python."""

import hashlib
import io
import random
import subprocess
import sys
import tracemalloc
import zipfile
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from fundflow.audit.records import LEFT_OUT, own_rows
from fundflow.chain.sealing import begin_and_seal, last_seal
from fundflow.extensions import Base, db
from fundflow.models.bid import Bid
from fundflow.models.chain import Seal
from fundflow.models.files import Viewing
from fundflow.models.history import HistoryEntry
from fundflow.models.person import RoleName
from fundflow.workflow.application import BidState
from tests.factories import NOW, Make
from tests.files.kept import Kept, kept

__all__ = ["kept"]

SignIn = Callable[..., Any]


@pytest.fixture
def pack(make: Make, kept: Kept, sign_in: SignIn, tmp_path: Path) -> Path:
    """The pack of a bid in delivery, unpacked."""
    bid = make.bid(state=BidState.IN_DELIVERY)
    kept.file(make, bid)
    make.session.commit()
    begin_and_seal(NOW)
    return unpacked(taken(sign_in(make.staff(RoleName.AUDITOR)), bid), tmp_path / "pack")


def taken(client: Any, bid: Bid) -> bytes:
    db.session.commit()
    with client.post(f"/bids/{bid.reference}/audit-pack") as answer:
        assert (answer.status_code, answer.mimetype) == (200, "application/zip")
        data: bytes = answer.data
    return data


def unpacked(data: bytes, folder: Path) -> Path:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        assert archive.testzip() is None
        archive.extractall(folder)
    return folder


def verified(folder: Path, *known: str) -> tuple[int, str]:
    """The exit status of the verifier in a pack, and what it says."""
    command = [sys.executable, "-I", "verify.py", *known]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=60)
    return done.returncode, done.stdout + done.stderr


def put_into_manifest(folder: Path, name: str) -> None:
    """As whoever forges a file would."""
    digest = hashlib.sha256((folder / name).read_bytes()).hexdigest()
    manifest = folder / "MANIFEST"
    lines = manifest.read_text().splitlines()
    kept = [line for line in lines if not line.endswith(f"  {name}")]
    manifest.write_text("\n".join([*kept, f"{digest}  {name}"]) + "\n")


def test_a_pack_is_whole_and_names_its_seal(pack: Path) -> None:
    seal = last_seal()
    assert seal is not None
    for known in ((), (seal.hash,), (seal.hash[:32].upper(), seal.hash[32:])):
        status, said = verified(pack, *known)
        assert (status, said.startswith("Nothing is wrong with the audit pack of ")) == (0, True), said
        assert seal.hash in said
    status, said = verified(pack, "0" * 64)
    assert status == 1
    assert "No seal of this pack has the hash that you gave." in said
    (version,) = (pack / "versions").iterdir()
    version.write_bytes(version.read_bytes()[:-1] + b" ")
    assert "versions/1.json is not the file that was packed." in verified(pack)[1]


@pytest.mark.thorough
def test_every_file_of_a_pack_is_checked(pack: Path) -> None:
    names = [path for path in sorted(pack.rglob("*")) if path.is_file() and path.name != "verify.py"]
    assert {path.relative_to(pack).parts[0] for path in names} >= {
        "MANIFEST",
        "README.txt",
        "chain",
        "copies.jsonl",
        "files",
        "history.csv",
        "ledger.csv",
        "records",
        "seals",
        "versions",
        "views.csv",
    }
    for path in names:
        if not (kept := path.read_bytes()):
            continue
        path.write_bytes(kept[:-2] + bytes([kept[-2] ^ 1]) + kept[-1:])
        status, said = verified(pack)
        assert status == 1, path
        assert path.relative_to(pack).as_posix() in said or path.name == "MANIFEST"
        path.write_bytes(kept)
    (pack / "more.txt").write_text("Added")
    assert "more.txt was added to the pack." in verified(pack)[1]


FORGED = {
    "records/history_entry.jsonl": ('"step": "audit_pack"', '"step": "audit_peck"', "is not what was"),
    "records/history_words.jsonl": (
        '"reason": "',
        '"reason": "No',
        "of the history are not what was written",
    ),
    "records/ledger_entry.jsonl": ('"pence": ', '"pence": 1', "is not what was written"),
    "records/award.jsonl": ('"number": 1', '"number": 2', "is not what was written"),
    "chain/links.jsonl": ('"number": 2,', '"number": 9,', "Link 2 of the chain does not fit"),
}


@pytest.mark.thorough
@pytest.mark.parametrize("name", FORGED)
def test_a_record_forged_together_with_the_list_of_files_is_found_by_the_chain(pack: Path, name: str) -> None:
    before, after, how = FORGED[name]
    path = pack / name
    assert before in path.read_text()
    path.write_text(path.read_text().replace(before, after, 1))
    put_into_manifest(pack, name)
    status, said = verified(pack)
    assert status == 1
    assert how in said


@pytest.mark.thorough
@pytest.mark.parametrize("folder", ["files", "versions", "seals"])
def test_a_file_forged_together_with_the_list_of_files_is_found(pack: Path, folder: str) -> None:
    path = next(iter((pack / folder).iterdir()))
    kept = path.read_bytes()
    path.write_bytes(kept[:-2] + bytes([kept[-2] ^ 1]) + kept[-1:])
    put_into_manifest(pack, path.relative_to(pack).as_posix())
    assert verified(pack)[0] == 1


def test_a_seal_of_a_later_day_is_in_the_pack_too(make: Make, sign_in: SignIn, tmp_path: Path) -> None:
    bid = make.bid(state=BidState.OFFERED)
    make.session.commit()
    begin_and_seal(NOW)
    make.bid(state=BidState.OFFERED)
    make.session.commit()
    later = begin_and_seal(NOW + timedelta(days=1))
    assert later is not None
    folder = unpacked(taken(sign_in(make.staff(RoleName.AUDITOR)), bid), tmp_path / "pack")
    assert verified(folder, later.hash)[0] == 0
    first, second = sorted((folder / "seals").iterdir())
    assert [hashlib.sha256(path.read_bytes()).hexdigest() for path in (first, second)] == list(
        db.session.scalars(select(Seal.hash).order_by(Seal.id))
    )


def test_who_took_a_pack_is_recorded_and_schools_do_not_read_it(make: Make, sign_in: SignIn) -> None:
    bid, auditor = make.bid(state=BidState.IN_DELIVERY), make.staff(RoleName.AUDITOR)
    taken(sign_in(auditor), bid)
    entry = db.session.scalars(select(HistoryEntry).where(HistoryEntry.step == "audit_pack")).one()
    assert (entry.user_id, entry.bid_id, entry.internal) == (auditor.id, bid.id, True)
    assert [row.user_id for row in db.session.scalars(select(Viewing))] == [auditor.id]


def test_a_file_whose_bytes_are_gone_is_said_and_the_rest_packed(
    make: Make, kept: Kept, sign_in: SignIn, tmp_path: Path
) -> None:
    bid = make.bid(state=BidState.IN_DELIVERY)
    kept.file(make, bid, store_key="00/gone")
    make.session.commit()
    begin_and_seal(NOW)
    status, said = verified(unpacked(taken(sign_in(make.staff(RoleName.AUDITOR)), bid), tmp_path / "pack"))
    assert (status, "could not be packed" in said) == (0, True), said


def test_every_table_that_leads_to_a_bid_is_in_its_pack() -> None:
    packed = set(own_rows(1))
    for table in Base.metadata.sorted_tables:
        leads = {key.column.table.name for key in table.foreign_keys} & packed
        assert not leads or table.name in packed | set(LEFT_OUT), f"{table.name} is missing from the pack"
    assert set(LEFT_OUT) <= set(Base.metadata.tables)


@pytest.mark.thorough
def test_a_pack_takes_no_more_memory_than_a_part_of_a_file(
    make: Make, kept: Kept, sign_in: SignIn, tmp_path: Path
) -> None:
    bid = make.bid(state=BidState.IN_DELIVERY)
    for number in range(6):
        kept.file(make, bid, f"plan-{number}.pdf", random.Random(number).randbytes(10_000_000))
    make.session.commit()
    client = sign_in(make.staff(RoleName.AUDITOR))
    client.get(f"/bids/{bid.reference}/audit-pack")
    tracemalloc.start()
    with client.post(f"/bids/{bid.reference}/audit-pack", buffered=False) as answer:
        size = sum(map(len, answer.response))
    most = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert size > 60_000_000
    assert most < 20_000_000
