"""People for administrators: the list, one person's page, and what is done to an account."""

from collections.abc import Callable
from typing import Any, NamedTuple

from flask import abort, current_app, flash, redirect, render_template, request, url_for

from fundflow.accounts import people, queries, single_sign_on
from fundflow.accounts.blueprint import blueprint
from fundflow.files import viewing
from fundflow.history import history_of
from fundflow.models.holding_words import Holding, holding_words, what_they_are
from fundflow.models.person import Membership, RoleGrant, RoleName, User
from fundflow.models.signing_in import ProofFor
from fundflow.proofs import require_proof
from fundflow.web.access import (
    ADMINISTRATORS,
    ADMINISTRATORS_OF_ALL,
    READERS_OF_PEOPLE,
    access,
    me,
    now,
    roles,
)
from fundflow.web.forms import ConfirmForm, carried_out
from fundflow.web.paging import row_id, search_text
from fundflow.workflow.working_days import london_date

READERS = roles(RoleName.ADMINISTRATOR, RoleName.AUDITOR)


def known(number: int) -> User:
    """The person with this number; else 404."""
    return queries.person(number) or abort(404)


def kind_of(holding: Holding) -> str:
    if isinstance(holding, RoleGrant):
        return "role"
    return "school" if isinstance(holding, Membership) else "seat"


@blueprint.route("/people")
@access(READERS)
def people_list() -> Any:
    search, school = (search_text(request.args, name) for name in ("search", "school"))
    never = request.args.get("signed_in") == "never"
    page = queries.people(search, school, never=never, after=row_id(request.args.get("after")))
    today = london_date(now())
    return render_template(
        "accounts/people.html",
        rows=[(person, what_they_are(person, today)) for person in page.rows],
        wanted={"search": search or None, "school": school or None, "signed_in": "never" if never else None},
        page=page,
        may_change=ADMINISTRATORS.allows(me(), now()),
        sees_data=READERS_OF_PEOPLE.allows(me(), now()),
    )


@blueprint.route("/people/<id:number>")
@access(READERS)
def person(number: int) -> Any:
    somebody = known(number)
    viewing.record_person(somebody, me(), "Account: roles, places and what changed", now())
    funds = queries.fund_names()
    held: list[Holding] = [*somebody.roles, *somebody.memberships, *somebody.seats]
    rows = [(item, kind_of(item), holding_words(item, funds)) for item in held]
    rows.sort(key=lambda row: (row[0].ends_on is not None, row[0].starts_on))
    return render_template(
        "accounts/person.html",
        person=somebody,
        rows=rows,
        signed_in=somebody.last_signed_in_at,
        changes=history_of(somebody, most=50),
        restriction=queries.restriction_of(somebody),
        account=single_sign_on.connected(somebody) if current_app.config.get("OIDC_ISSUER") else None,
        may_change=ADMINISTRATORS.allows(me(), now()),
        may_restrict=ADMINISTRATORS_OF_ALL.allows(me(), now()),
    )


class AccountAct(NamedTuple):
    """Something done to an account after one confirmation."""

    button: str
    explain: str
    done: str
    operation: Callable[..., None]
    warning: bool = False
    proof: bool = False  # it is asked first whether it is them


ACTS = {
    "deactivate": AccountAct(
        "Deactivate this account",
        "They are signed out at once and can’t sign in. What they did stays on record, and their "
        "roles stay as they are. You can reactivate the account.",
        "The account is deactivated.",
        people.deactivate,
        warning=True,
    ),
    "disconnect": AccountAct(
        "Disconnect their council account",
        "They are signed out everywhere, and can no longer sign in with this council account. They can sign "
        "in by an emailed link, and connect a council account again.",
        "The council account is disconnected. The person and the other administrators are being told.",
        single_sign_on.disconnect,
        warning=True,
        proof=True,
    ),
    "reactivate": AccountAct(
        "Reactivate this account",
        "They can sign in again, with the roles that have not ended.",
        "The account is active again.",
        people.reactivate,
        proof=True,
    ),
    "sign-out": AccountAct(
        "Sign out everywhere",
        "Every browser they are signed in on is signed out, and links they have not used stop "
        "working. They can ask for a new link.",
        "They are signed out everywhere.",
        people.sign_out_everywhere,
    ),
    "invite": AccountAct(
        "Send the invitation again",
        "They get an email with a link to sign in.",
        "The invitation is on its way.",
        people.invite_again,
    ),
}


@blueprint.route(
    "/people/<id:number>/<any('deactivate', 'reactivate', 'sign-out', 'invite', 'disconnect'):act>",
    methods=["GET", "POST"],
)
@access(ADMINISTRATORS)
def act_on_person(number: int, act: str) -> Any:
    somebody, doing, form = known(number), ACTS[act], ConfirmForm()
    if doing.proof:
        require_proof(me(), ProofFor.APPOINTMENTS, now())
    if form.validate_on_submit() and carried_out(form, lambda: doing.operation(somebody, by=me(), now=now())):
        flash(doing.done, "success")
        return redirect(url_for("accounts.person", number=number))
    return render_template("accounts/confirm.html", person=somebody, act=doing, form=form), form.status
