"""Showing that it is really you, before money and appointments: by an emailed code, or by signing in again
with the council account."""

import hmac
import secrets
from datetime import datetime, timedelta

from sqlalchemy import func, select, update

from fundflow.extensions import db
from fundflow.letters.addressee import Addressee
from fundflow.letters.codes import LASTS, PROCESS, hash_of_code
from fundflow.letters.writing import write_letter
from fundflow.models.person import BrowserSession, LinkPurpose, User
from fundflow.models.signing_in import FreshProof, Proof, ProofFor
from fundflow.workflow.engine import Refused

MOST_TRIES = 5  # at one code
MOST_CODES, IN = 5, timedelta(minutes=15)  # that a person may ask for, in all their browsers
WRONG = "That is not the code. Check the latest email, and enter its six digits."
OVER = "This code can no longer be used. Ask for another."
TOO_MANY = "You asked for several codes just now. Wait 15 minutes, then ask for another."


def ask_for_code(user: User, act: ProofFor, *, now: datetime) -> None:
    """Email a code that proves, in this browser session, that it is them for this kind of act.

    Asked again, the codes before no longer count. Raises Refused where they asked too often.
    """
    session_id = _session_of(user)
    db.session.execute(  # so that two requests at once are both counted
        select(User.id).where(User.id == user.id).with_for_update(key_share=True)
    )
    asked = db.session.scalar(
        select(func.count())
        .select_from(FreshProof)
        .join(BrowserSession, BrowserSession.id == FreshProof.session_id)
        .where(
            BrowserSession.user_id == user.id, FreshProof.proof == Proof.CODE, FreshProof.asked_at > now - IN
        )
    )
    if (asked or 0) >= MOST_CODES:
        raise Refused(TOO_MANY)
    one = FreshProof(session_id=session_id, act=act, proof=Proof.CODE, asked_at=now, attempts=0)
    db.session.add(one)
    db.session.flush()  # its letter names it
    letter = write_letter(
        "accounts/code.txt",
        "user",
        Addressee(user.name, user.email, user),
        key=f"code:{one.id}:{secrets.token_hex(8)}",
        now=now,
        link=LinkPurpose.ANSWER,
        context={"act": act, "minutes": int(LASTS.total_seconds() // 60)},
    )
    letter.asked_process, letter.asked_id = PROCESS, one.id
    db.session.commit()


def is_code_asked(user: User, act: ProofFor, now: datetime) -> bool:
    """Whether a code was asked for in this session and may still be entered, or is on its way."""
    one = _latest(user, act)
    return one is not None and one.attempts < MOST_TRIES and not _has_run_out(one, now)


def enter_code(user: User, act: ProofFor, code: str, *, now: datetime) -> None:
    """Take the code: for 15 minutes this session may act. Raises Refused, and then the try counts."""
    one = _latest(user, act)
    tried = one and db.session.scalar(  # one statement counts it, so that tries at once are all counted
        update(FreshProof)
        .where(FreshProof.id == one.id, FreshProof.attempts < MOST_TRIES, FreshProof.proved_at.is_(None))
        .values(attempts=FreshProof.attempts + 1)
        .returning(FreshProof.id)
        .execution_options(synchronize_session=False)
    )
    if one is None or not tried or _has_run_out(one, now):
        db.session.commit()
        raise Refused(OVER)
    typed = "".join(code.split())
    if one.code_hash is None or not hmac.compare_digest(one.code_hash, hash_of_code(one.id, typed)):
        db.session.commit()  # the try counts
        raise Refused(WRONG)
    one.proved_at = now
    db.session.commit()


def note_signed_in_again(user: User, act: ProofFor, *, now: datetime) -> None:
    """The person signed in afresh with their council account: that proves it, in this session. Commits."""
    db.session.add(
        FreshProof(
            session_id=_session_of(user),
            act=act,
            proof=Proof.SINGLE_SIGN_ON,
            asked_at=now,
            proved_at=now,
            attempts=0,
        )
    )
    db.session.commit()


def _session_of(user: User) -> int:
    if not user.browser_session_id:
        raise Refused("Sign in first.")
    return user.browser_session_id


def _latest(user: User, act: ProofFor) -> FreshProof | None:
    """The code asked for last in this session for this kind of act, unless it has served."""
    return db.session.scalar(
        select(FreshProof)
        .where(
            FreshProof.session_id == _session_of(user),
            FreshProof.act == act,
            FreshProof.proof == Proof.CODE,
            FreshProof.proved_at.is_(None),
        )
        .order_by(FreshProof.id.desc())
        .limit(1)
    )


def _has_run_out(one: FreshProof, now: datetime) -> bool:
    """Whether its ten minutes are over; a code whose letter is not out after an hour is given up."""
    return now > (one.expires_at or one.asked_at + timedelta(hours=1))
