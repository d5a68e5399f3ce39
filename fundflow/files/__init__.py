"""Where attached files lie: on a disk or in S3-compatible storage, checked by content, scanned."""

from fundflow.files.intake import Received, Sent, receiving
from fundflow.files.store import files
from fundflow.files.unfit import Unfit

__all__ = ["Received", "Sent", "Unfit", "files", "receiving"]
