import pytest

from config import SettingMissing, settings


@pytest.mark.parametrize(
    "missing", ["FUNDFLOW_SECRET_KEY", "FUNDFLOW_BASE_URL", "FUNDFLOW_MAIL_SERVER", "FUNDFLOW_MAIL_SENDER"]
)
def test_production_does_not_start_without_its_settings(missing: str) -> None:
    environ = {
        "FUNDFLOW_SECRET_KEY": "x",
        "FUNDFLOW_BASE_URL": "https://fund.example",
        "FUNDFLOW_MAIL_SERVER": "mail",
        "FUNDFLOW_MAIL_SENDER": "a@b.example",
    }
    settings(environ)
    del environ[missing]
    with pytest.raises(SettingMissing, match=missing):
        settings(environ)


def test_production_has_no_demonstration_and_secure_cookies() -> None:
    found = settings(
        {
            "FUNDFLOW_SECRET_KEY": "x",
            "FUNDFLOW_BASE_URL": "https://fund.example",
            "FUNDFLOW_MAIL_SERVER": "mail",
            "FUNDFLOW_MAIL_SENDER": "a@b.example",
        }
    )
    assert found["DEMO"] is False
    assert found["SESSION_COOKIE_SECURE"] is True


def test_the_database_is_a_file_unless_another_is_named() -> None:
    found = settings({"FUNDFLOW_DEMO": "1", "FUNDFLOW_DATABASE_URL": "postgresql://u@h/d"})
    assert found["SQLALCHEMY_DATABASE_URI"] == "postgresql+psycopg://u@h/d"
