"""A trust can be entered by hand, once; GIAS's next file takes it over."""

from datetime import datetime
from pathlib import Path

import pytest
from sqlalchemy import select
from sqlalchemy.orm import Session

from fundflow.models.person import RoleName
from fundflow.models.school import School, Trust
from fundflow.schools.importing import import_file
from fundflow.schools.operations import trusts as operations
from fundflow.web.finding import the_trust
from fundflow.workflow.engine import Refused
from tests.factories import NOW, Make
from tests.schools.files import gias_file, school
from tests.schools.successions import SignIn


def test_a_trust_is_entered_found_and_corrected(make: Make, session: Session, sign_in: SignIn) -> None:
    client = sign_in(make.staff(RoleName.ADMINISTRATOR))
    for _ in range(2):  # a second click is answered like the first
        answer = client.post("/schools/trusts/add", data={"name": "St Bede’s Trust", "code": ""})
        assert answer.location == "/schools/trusts"
    trust = session.scalars(select(Trust)).one()
    assert (trust.name, trust.code) == ("St Bede’s Trust", "T00001")
    assert the_trust("saint bedes")[0] is trust
    page = client.get(f"/schools/trusts/{trust.id}").text
    assert "St Bede’s Trust" in page
    changed = {"name": "St Bede’s", "code": "tr 12-34", "seen": operations.stamp(trust)}
    assert client.post(f"/schools/trusts/{trust.id}", data=changed).status_code == 302
    session.refresh(trust)
    assert (trust.name, trust.code, trust.search_name) == ("St Bede’s", "TR1234", "saint bedes")
    assert client.post(f"/schools/trusts/{trust.id}", data=changed).status_code == 409  # a stale page
    assert "St Bede’s" in client.get("/schools/trusts?q=SAINT+bede's").text
    assert "No trust is called that" in client.get("/schools/trusts?q=martin").text


@pytest.mark.parametrize(
    ("name", "code", "words"),
    [
        ("SAINT BEDE'S TRUST", "", "St Bede’s Trust .5001. is there already"),
        ("Other", " 50-01", "is there already"),
        ("Other", "T00009", "code of ours"),
        ("☃", "", "letters"),
    ],
)
def test_no_trust_is_there_twice(make: Make, session: Session, name: str, code: str, words: str) -> None:
    user = make.staff(RoleName.ADMINISTRATOR)
    session.add(Trust(name="St Bede’s Trust", code="5001"))
    session.commit()
    with pytest.raises(Refused, match=words):
        operations.add_trust(name=name, code=code, user=user, now=NOW)
    with pytest.raises(Refused, match="Only administrators"):
        operations.add_trust(name="N", code="", user=make.staff(RoleName.OFFICER), now=NOW)


def test_the_next_file_of_gias_takes_a_trust_over(
    make: Make, session: Session, tmp_path: Path, now: datetime
) -> None:
    trust = operations.add_trust(
        name="Saint Bede’s", code="", user=make.staff(RoleName.ADMINISTRATOR), now=NOW
    )
    academy = school(type_code="34", trust_code="16068", trust_name="ST BEDE'S")
    assert not import_file(gias_file(tmp_path, academy), now=now).is_rejected
    session.expire_all()
    assert session.scalars(select(School)).one().trust is trust
    assert (trust.code, trust.name, trust.search_name) == ("16068", "ST BEDE'S", "saint bedes")
    assert import_file(gias_file(tmp_path, academy), now=now).unchanged == 1
