"""The document on which a survey asks for views: a file, attached while the survey is a draft."""

from datetime import datetime

from fundflow.extensions import db
from fundflow.files import Sent, receiving
from fundflow.files.kinds import kinds_taken
from fundflow.models.person import User
from fundflow.models.survey import Survey, SurveyDocument
from fundflow.steps import lock, note
from fundflow.surveys.operations.surveys import require_draft


def attach(survey: Survey, sent: Sent, *, user: User, now: datetime, version: int | None) -> None:
    """Attach a file, instead of the one there is. Raises Refused, Stale, and Unfit for what can't be kept."""
    with receiving([sent], kinds_taken(survey.fund)) as received:
        lock(survey, version, step="attach", user=user)
        require_draft(survey, user, now)
        survey.document = None
        db.session.flush()  # the earlier row goes before the next one comes
        survey.document = SurveyDocument(**received[0]._asdict(), attached_at=now, attached_by_id=user.id)
        words = f"Attached {survey.document.name}"
        note(survey, "attach", words, user=user, now=now, version=version)
        db.session.commit()


def remove(survey: Survey, *, user: User, now: datetime, version: int | None) -> None:
    """Take the file off again; its bytes go when the store is tidied. Raises Refused and Stale."""
    lock(survey, version, step="detach", user=user)
    require_draft(survey, user, now)
    if survey.document is not None:
        words = f"Removed {survey.document.name}"
        survey.document = None
        note(survey, "detach", words, user=user, now=now, version=version)
    db.session.commit()
