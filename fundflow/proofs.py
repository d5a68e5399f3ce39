"""A fresh proof that it is really the person, before money and appointments, where their fund wants one.

Off unless a fund names the role. A proof is given in one browser session, for one kind of act, and lasts 15
minutes. People of schools and members of the panel are never asked: what a fund names are roles with the
council.
"""

from datetime import datetime, timedelta

from flask import current_app
from sqlalchemy import exists, select

from fundflow.extensions import db
from fundflow.models.fund import Fund
from fundflow.models.person import User
from fundflow.models.signing_in import FreshProof, Proof, ProofFor
from fundflow.workflow.working_days import london_date

FRESH = timedelta(minutes=15)


class ProofWanted(Exception):
    """An act waits until its person has shown that it is them; `act` says what for."""

    def __init__(self, act: ProofFor) -> None:
        super().__init__(act.value)
        self.act = act


def require_proof(user: User | None, act: ProofFor, now: datetime, *, fund: Fund | None = None) -> None:
    """Raise ProofWanted unless nobody asks this person, or they have given a proof of late.

    user  None for the clock and for who answers by a link
    fund  the fund that the act is about; None: every fund in which they hold a role
    """
    wanted = wanted_for(user, act, now, fund=fund)
    if user is not None and wanted is not None and not is_proved(user.browser_session_id, act, wanted, now):
        raise ProofWanted(act)


def wanted_of(user: User | None, now: datetime, *, fund: Fund | None = None) -> Proof | None:
    """The proof that a fund wants of this person, the strictest of several; None where it wants none.

    Where single sign-on is not set up (any more) a code is asked in its place, so that nobody is shut out.
    """
    day = london_date(now)
    grants = [grant for grant in user.roles if grant.is_valid_on(day)] if user else []
    if not grants:
        return None
    funds = [fund] if fund is not None else db.session.scalars(select(Fund)).all()
    held = [(one, grant.role.value) for one in funds for grant in grants if grant.fund_id in (None, one.id)]
    if any(role in one.single_sign_on_roles for one, role in held):
        return Proof.SINGLE_SIGN_ON if current_app.config.get("OIDC_ISSUER") else Proof.CODE
    return Proof.CODE if any(role in one.code_roles for one, role in held) else None


def wanted_for(user: User | None, act: ProofFor, now: datetime, *, fund: Fund | None = None) -> Proof | None:
    """The proof that is wanted for this kind of act: a code before a council account is connected, else
    a person at an open browser could connect their own and prove with it that they are its person.
    """
    wanted = wanted_of(user, now, fund=fund)
    return Proof.CODE if wanted and act is ProofFor.CONNECT else wanted


def is_proved(session_id: int, act: ProofFor, wanted: Proof, now: datetime) -> bool:
    """Whether a proof as strong as the wanted one was given in this browser session of late."""
    enough = (Proof.SINGLE_SIGN_ON,) if wanted is Proof.SINGLE_SIGN_ON else tuple(Proof)
    given = exists().where(
        FreshProof.session_id == session_id,
        FreshProof.act == act,
        FreshProof.proof.in_(enough),
        FreshProof.proved_at > now - FRESH,
    )
    return bool(session_id) and bool(db.session.scalar(select(given)))
