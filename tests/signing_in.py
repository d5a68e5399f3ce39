"""For rooms whose refusals roll back: what a test made is committed before somebody signs in."""

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from fundflow.models.person import User

Enter = Callable[[User | None], FlaskClient]


@pytest.fixture
def sign_in(sign_in: Enter, session: Session) -> Enter:
    """Sign in once what was made is committed: a refusal rolls back what is not."""

    def enter(user: User | None) -> FlaskClient:
        session.commit()
        return sign_in(user)

    return enter
