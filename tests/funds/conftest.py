"""A fund, its administrator and its officer; pages filled in as a browser would."""

from datetime import datetime
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from fundflow.extensions import db
from fundflow.models.fund import Fund
from fundflow.models.history import HistoryEntry
from fundflow.models.person import RoleName, User
from fundflow.workflow.working_days import LONDON
from tests.factories import Make
from tests.signing_in import Enter
from tests.signing_in import sign_in as sign_in


@pytest.fixture
def fund(make: Make, session: Session) -> Fund:
    fund = make.fund(allocated=15_000_000)
    session.commit()
    return fund


@pytest.fixture
def as_admin(make: Make, sign_in: Enter) -> FlaskClient:
    return sign_in(make.staff(RoleName.ADMINISTRATOR, "Una Admin"))


@pytest.fixture
def officer(make: Make) -> User:
    return make.staff(RoleName.OFFICER, "Priya Raman")


def london(*parts: int) -> datetime:
    """A moment on a clock in London."""
    return datetime(*parts, tzinfo=LONDON)  # type: ignore[arg-type, misc]


def day(name: str, text: str) -> dict[str, str]:
    """`27 3 2027` as a date field's three boxes."""
    return {
        f"{name}-{part}": value for part, value in zip(("day", "month", "year"), text.split(), strict=True)
    }


def changes(session: Session, fund: Fund) -> list[HistoryEntry]:
    """The fund's log of changes, the oldest first."""
    query = session.query(HistoryEntry).filter_by(process="fund", record_id=fund.id)
    return query.order_by(HistoryEntry.id).all()


def post(client: FlaskClient, path: str, fund: Fund, **answers: Any) -> Any:
    """Send a form of this fund's version, with all that was made before kept."""
    db.session.commit()
    return client.post(path, data={"version": fund.version, **answers})


def settings(fund, **changes):
    """What the settings page posts for the defaults."""
    return {
        "version": fund.version,
        "name": fund.name,
        "council": fund.council,
        "full_from_pence": "5000",
        "bid_cap_pence": "25,000",
        "school_year_cap_pence": "",
        "trust_signs_from_pence": "5,000",
        "day_rate_cap_pence": "450",
        "max_months": "12",
        "materials_percent": "10",
        "takes_opendocument": "y",
        "takes_photographs": "y",
        "decider": "panel",
        "officer_limit_pence": "25000",
        "delegation": "",
        "former_employer_years": "3",
        "keep_awards_years": "6",
        "keep_refused_years": "2",
        "keep_drafts_years": "1",
        "letter_days": "5",
        "lean_advance_percent": "100",
        "lean_half_time_percent": "0",
        "full_advance_percent": "50",
        "full_half_time_percent": "30",
        "returns_from_pence": "5000",
        "asks_interim": "y",
        "asks_follow_up": "y",
        "follow_up_months": "12",
        "paper_headings": "",
        "let_go_pence": "50",
        "pays_by": "grant",
        "journals_maintained": "y",
        "vat_recoverable": "y",
        "code_roles": [],
        "single_sign_on_roles": [],
        "officer_days": "10",
        "answer_days": "10",
        "confirmation_days": "10",
        "papers_days": "5",
        "offer_days": "15",
        "review_days": "10",
        "report_days": "20",
        "feedback_days": "10",
        "green_from_percent": "80",
        "amber_from_percent": "40",
        **changes,
    }
