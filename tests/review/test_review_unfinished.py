"""The review is saved whatever is in it; what is malformed waits until it is put right."""

import pytest

from fundflow.extensions import db
from fundflow.models.person import RoleName, User
from fundflow.review.forms import ReviewForm
from fundflow.rules.guards.application import checklist_incomplete
from tests.factories import Make
from tests.forms import is_shown, malformed
from tests.review.conftest import Case, SignIn
from tests.review.steps import review_page


def test_a_review_with_every_answer_malformed_loses_nothing(
    case: Case, sign_in: SignIn, officer: User, make: Make
) -> None:
    it = case()
    client = sign_in(officer)
    with client.application.test_request_context("/"):
        asked = [
            field for field in ReviewForm.of(it.bid.review) if field.name not in ("version", "csrf_token")
        ]
    sent = {name: text for field in asked for name, text in malformed(field).items()}
    sent |= {"version": str(it.bid.review.version), "later": "yes"}
    assert client.post(review_page(it), data=sent).status_code == 302
    db.session.expire_all()
    is_shown(client.get(review_page(it)), asked)
    assert "Put this right in your review first" in str(checklist_incomplete(it.bid, None))  # type: ignore[arg-type]
    auditor = sign_in(make.staff(RoleName.AUDITOR))
    assert "There is a problem" not in auditor.get(review_page(it)).text

    right = {"version": str(it.bid.review.version), "need_notes": "As the data say."}
    assert sign_in(officer).post(review_page(it), data=right).status_code == 302
    db.session.expire_all()
    assert it.bid.unfinished == {}


@pytest.mark.parametrize("text", ["2,5", "lots"])
def test_what_is_right_in_a_review_is_saved_beside_what_is_not(
    case: Case, sign_in: SignIn, officer: User, text: str
) -> None:
    it = case()
    sent = {"version": str(it.bid.review.version), "need_notes": "Convincing.", "recommended_pence": text}
    client = sign_in(officer)
    client.post(review_page(it), data={**sent, "later": "yes"})
    db.session.expire_all()
    assert (it.bid.review.need_notes, it.bid.review.recommended_pence) == ("Convincing.", None)
    assert f'value="{text}"' in client.get(review_page(it)).text
