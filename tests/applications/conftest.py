from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from fundflow.models.person import User

Enter = Callable[[User | None], FlaskClient]


@pytest.fixture
def sign_in(sign_in: Enter, session: Session) -> Enter:
    """What a test made is committed first, so that a refusal's rollback leaves it standing."""

    def enter(user: User | None) -> FlaskClient:
        session.commit()
        return sign_in(user)

    return enter
