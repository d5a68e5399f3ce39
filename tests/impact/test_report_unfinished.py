"""The report is saved whatever is in it; what is malformed waits until it is put right."""

import html

import pytest

from fundflow.extensions import db
from fundflow.impact.forms import ReportForm
from fundflow.workflow.engine import Refused
from fundflow.workflow.working_days import london_date
from tests.forms import is_shown, malformed
from tests.impact.conftest import LATER, Ended, SignIn, answers, path

pytestmark = pytest.mark.usefixtures("today")


def test_a_report_with_every_answer_malformed_loses_nothing(ended: Ended, sign_in: SignIn) -> None:
    client = sign_in(ended.head)
    with client.application.test_request_context("/"):
        form = ReportForm.of(ended.report, london_date(LATER))
        asked = [field for field in form if field.name not in ("version", "csrf_token")]
    sent = {name: text for field in asked for name, text in malformed(field).items()}
    client.post(path(ended, "report"), data=answers(ended))
    sent |= {"version": str(ended.report.version), "later": "yes"}
    assert client.post(path(ended, "report"), data=sent).status_code == 302
    is_shown(client.get(path(ended, "report")), asked)
    with pytest.raises(Refused, match="You entered “2,5 value_"):
        ended.send()

    assert client.post(path(ended, "report"), data=answers(ended)).status_code == 302
    db.session.expire_all()
    assert ended.bid.unfinished == {}
    ended.send()


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"-day": "31", "-month": "2"}, "The date must be a real date"),
        ({"-year": "2028"}, "A result can’t have been measured in the future"),
        ({"-day": "", "-month": "", "-year": ""}, "Enter the date of this result"),
    ],
)
def test_a_result_without_its_date_is_kept_as_typed(
    ended: Ended, sign_in: SignIn, changes: dict[str, str], words: str
) -> None:
    key = ended.bid.outcomes[0].id
    client = sign_in(ended.head)
    wrong = {f"on_{key}{part}": text for part, text in changes.items()}
    told = client.post(
        path(ended, "report"), data=answers(ended, later="yes", **wrong), follow_redirects=True
    ).text
    assert f"Put this right before the report is sent: {words}" in html.unescape(told)
    db.session.expire_all()
    assert (ended.report.actuals, ended.report.half_days_delivered) == ([], 17)
    page = client.get(path(ended, "report")).text
    assert 'value="76"' in page
    assert words in html.unescape(page)
