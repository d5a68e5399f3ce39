"""Rows that have served their purpose."""

from datetime import datetime, timedelta

from sqlalchemy import delete

from fundflow.extensions import db
from fundflow.models.person import OneTimeLink, SignInAttempt

KEEP_ATTEMPTS = timedelta(days=1)
KEEP_ENDED_LINKS = timedelta(days=90)


def tidy(now: datetime) -> None:
    """Forget counted sign-in attempts after a day, and one-time links 90 days after they ended."""
    db.session.execute(delete(SignInAttempt).where(SignInAttempt.at < now - KEEP_ATTEMPTS))
    db.session.execute(delete(OneTimeLink).where(OneTimeLink.expires_at < now - KEEP_ENDED_LINKS))
    db.session.commit()
