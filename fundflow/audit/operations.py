"""What auditors do: they change nothing, and what they take away is recorded."""

import tempfile
from datetime import datetime
from typing import IO

from fundflow import database
from fundflow.audit.pack import write_pack
from fundflow.extensions import db
from fundflow.files import viewing
from fundflow.models.bid import Bid
from fundflow.models.person import User
from fundflow.permissions import sees_viewings
from fundflow.steps import note
from fundflow.workflow.engine import Refused

ONLY = "Only an auditor or an administrator can take the audit pack of a bid."
TAKEN = "Took the audit pack"


def take_pack(bid: Bid, *, user: User, now: datetime) -> IO[bytes]:
    """The audit pack of a bid, in a temporary file that the caller closes; who took it is recorded first.

    Raises Refused for anybody but an auditor or administrator of the bid's fund.
    """
    if not user.active or not sees_viewings(user, bid, now):
        raise Refused(ONLY)
    note(bid, "audit_pack", TAKEN, user=user, now=now, internal=True, quietly=True)
    db.session.commit()
    database.read_only()  # what is read from now on keeps no writer waiting, least of all the next line
    viewing.record(bid, user, "Audit pack: everything about the bid", now)
    file: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 (the caller closes it)
    try:
        with database.snapshot(db.session.get_bind()) as session:
            write_pack(session, bid, file, by=user.name, now=now)
    except BaseException:
        file.close()
        raise
    file.seek(0)
    return file
