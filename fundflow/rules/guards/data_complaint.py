"""What a complaint about personal data waits for."""

from fundflow.models.data_protection import DataComplaint
from fundflow.workflow.engine import Ask, guard


@guard
def own_complaint(complaint: DataComplaint, ask: Ask) -> str | None:
    if ask.user and complaint.email.lower() in {ask.user.email, *ask.user.former_emails}:
        return "This is your own complaint, so another administrator answers it."
    return None
