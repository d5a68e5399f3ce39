"""The document of a survey: attached to a draft, read by the schools that are asked, by nobody else."""

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from flask.testing import FlaskClient

from fundflow.extensions import db
from fundflow.files.named import named
from fundflow.models.survey import Survey
from fundflow.workflow.survey import SurveyState as S
from tests.factories import Make
from tests.files.kept import Kept, kept, upload
from tests.files.samples import pdf

__all__ = ["kept"]

SignIn = Callable[[Any], FlaskClient]


@pytest.fixture
def draft(area: SimpleNamespace, make: Make) -> Survey:
    found = make.survey(area.fund, S.DRAFT, by=area.officer)
    make.session.commit()
    return found


def attach(client: FlaskClient, survey: Survey, name: str = "Strategy.pdf", data: bytes = b"") -> Any:
    path = f"{survey.path}/document"
    return upload(client, path, name, data or pdf(b"A strategy"), version=str(survey.version))


def test_schools_read_the_document_that_the_officer_attached(
    area: SimpleNamespace, draft: Survey, kept: Kept, make: Make, sign_in: SignIn
) -> None:
    client = sign_in(area.officer)
    assert attach(client, draft).status_code == 302
    assert "Strategy.pdf" in client.get(draft.path).text
    assert [file.key for file in named(db.session)] == kept.stored()
    file = f"{draft.path}/document/file"
    assert sign_in(area.head).get(file).status_code == 404  # no school sees a draft
    asked = make.survey(area.fund, S.OPEN, area.oak, by=area.officer)
    draft.document, asked.document = None, draft.document
    db.session.commit()
    head = sign_in(area.head)
    for page in (asked.path, f"{asked.path}/schools/{area.oak.urn}/answer"):
        assert f'href="{asked.path}/document/file" download>Strategy.pdf</a>' in head.get(page).text
    with head.get(f"{asked.path}/document/file") as given:
        assert given.data == pdf(b"A strategy")
        assert given.headers["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert sign_in(area.elm_head).get(f"{asked.path}/document/file").status_code == 404


def test_another_file_takes_its_place_and_it_can_be_removed(
    area: SimpleNamespace, draft: Survey, kept: Kept, sign_in: SignIn
) -> None:
    client = sign_in(area.officer)
    for name in ("One.pdf", "Two.pdf"):
        assert attach(client, draft, name).status_code == 302
        db.session.refresh(draft)
    assert "One.pdf" not in client.get(draft.path).text.split("History")[0]
    assert len(named(db.session)) == 1
    removed = client.post(f"{draft.path}/document", data={"act": "remove", "version": str(draft.version)})
    assert removed.status_code == 302
    assert (named(db.session), client.get(f"{draft.path}/document/file").status_code) == ([], 404)


@pytest.mark.parametrize(
    ("name", "data", "says"),
    [("plan.exe", b"MZ", "Word"), ("plan.pdf", b"<html>", "PDF"), (None, b"", "Choose a file")],
)
def test_what_may_not_be_kept_is_refused_beside_the_file(
    area: SimpleNamespace,
    draft: Survey,
    kept: Kept,
    sign_in: SignIn,
    name: str | None,
    data: bytes,
    says: str,
) -> None:
    path = f"{draft.path}/document"
    answer = upload(sign_in(area.officer), path, name, data, version=str(draft.version))
    assert answer.status_code == 422
    assert says in answer.text
    assert kept.stored() == []


def test_a_survey_that_schools_answer_keeps_its_document(
    area: SimpleNamespace, survey: Survey, kept: Kept, sign_in: SignIn
) -> None:
    client = sign_in(area.officer)
    assert client.get(f"{survey.path}/document").status_code == 409
    assert attach(client, survey).status_code == 409
    assert (survey.document, kept.stored()) == (None, [])
    assert client.post(f"{survey.path}/document", data={"act": "remove", "version": "1"}).status_code == 409
