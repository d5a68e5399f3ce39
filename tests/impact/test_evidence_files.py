"""Evidence beside a report: added and removed while it is written, seen by whoever sees the report."""

from typing import Any

import pytest

from fundflow.impact.evidence import MOST_FILES
from tests.files.kept import upload
from tests.impact.conftest import Ended, SignIn, path

pytestmark = pytest.mark.usefixtures("today")

CSV = b"measure,result\nPhonics,76\n"


def add(client: Any, ended: Ended, data: bytes = CSV, name: str = "results.csv") -> Any:
    said = {"description": "All classes", "version": str(ended.report.version)}
    return upload(client, path(ended, "report/evidence/add"), name, data, **said)


def test_a_file_is_added_read_and_taken_off_again(ended: Ended, sign_in: SignIn) -> None:
    client = sign_in(ended.head)
    assert add(client, ended).status_code == 302
    add(client, ended)  # a second click
    (file,) = ended.report.evidence
    tab = client.get(path(ended, "impact")).text
    assert "Evidence: results.csv" in tab
    with client.get(path(ended, f"files/{file.id}")) as got:
        assert got.data == CSV
    assert "results.csv" not in client.get(path(ended, "form/files"), follow_redirects=True).text
    sure = client.get(path(ended, f"report/evidence/{file.id}/remove"))
    assert "Remove this file?" in sure.text
    client.post(path(ended, f"report/evidence/{file.id}/remove"), data={"version": ended.report.version})
    assert ended.report.evidence == []


def test_whoever_sees_the_report_reads_its_evidence_and_nobody_else(ended: Ended, sign_in: SignIn) -> None:
    add(sign_in(ended.head), ended)
    (file,) = ended.report.evidence
    provider = ended.make.member(ended.bid.providers[0])
    for user in (ended.impact_officer, provider):
        assert sign_in(user).get(path(ended, f"files/{file.id}")).status_code == 404
    ended.write()
    ended.send()
    with sign_in(ended.impact_officer).get(path(ended, f"files/{file.id}")) as got:
        assert got.status_code == 200
    assert sign_in(provider).get(path(ended, f"files/{file.id}")).status_code == 404
    assert "Evidence: results.csv" in sign_in(ended.impact_officer).get(path(ended, "impact")).text


def test_a_report_that_was_sent_takes_no_more_files(ended: Ended, sign_in: SignIn) -> None:
    ended.write()
    ended.send()
    client = sign_in(ended.head)
    assert client.get(path(ended, "report/evidence/add")).status_code == 409
    assert add(client, ended).status_code == 409
    assert ended.report.evidence == []


def test_what_is_no_evidence_is_refused_beside_the_file(ended: Ended, sign_in: SignIn) -> None:
    client = sign_in(ended.head)
    said = add(client, ended, b"MZ\x90\x00", "run.exe")
    assert said.status_code == 422
    for n in range(MOST_FILES):
        add(client, ended, CSV + str(n).encode() + b",1\n")
    full = add(client, ended, CSV + b"x,1\n")
    assert "A report can have 5 files. Remove one first" in full.text
    assert len(ended.report.evidence) == MOST_FILES


def test_a_file_that_was_removed_is_read_by_nobody_it_was_not_sent_to(ended: Ended, sign_in: SignIn) -> None:
    ended.write()
    head = sign_in(ended.head)
    add(head, ended)
    (never_sent,) = ended.report.evidence
    head.post(path(ended, f"report/evidence/{never_sent.id}/remove"), data={"version": ended.report.version})
    ended.send()
    ended.accept()
    provider = ended.make.member(ended.bid.providers[0])
    for user in (ended.head, provider, ended.impact_officer):
        assert sign_in(user).get(path(ended, f"files/{never_sent.id}")).status_code == 404
