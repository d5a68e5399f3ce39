"""An administrator of the council, signed in."""

import pytest

from fundflow.models.person import RoleName


@pytest.fixture
def admin(make, session):
    person = make.staff(RoleName.ADMINISTRATOR, "Una Admin")
    session.commit()
    return person


@pytest.fixture
def as_admin(admin, session, sign_in):
    session.commit()
    return sign_in(admin)
