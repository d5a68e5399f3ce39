"""The six digits of a fresh proof: made as their letter is handed over, kept as a keyed hash only."""

import hashlib
import hmac
import secrets
from datetime import datetime, timedelta

from flask import current_app

from fundflow.extensions import db
from fundflow.models.signing_in import FreshProof

PROCESS = FreshProof.__tablename__  # what a letter that carries a code is about
LASTS = timedelta(minutes=10)


def mint_code(number: int, now: datetime) -> str:
    """A new code for this proof, in place of any before; the caller commits."""
    code = f"{secrets.randbelow(1_000_000):06}"
    asked = db.session.get(FreshProof, number)
    if asked is not None:  # the session it was asked in may be gone
        asked.code_hash, asked.expires_at = hash_of_code(number, code), now + LASTS
    return code


def hash_of_code(number: int, code: str) -> str:
    """What is kept of a code. A plain hash of six digits would be guessed back at once."""
    key = str(current_app.config["SECRET_KEY"]).encode()
    return hmac.new(key, f"fresh proof {number}: {code}".encode(), hashlib.sha256).hexdigest()
