"""Why a file can’t be attached."""

from typing import Any

from fundflow.workflow.engine import Refused


class Unfit(Refused):
    """A file that may not be attached; its text is a sentence to show beside it.

    sent  the file it is about, where several were sent
    """

    sent: Any = None
