"""Every route declares who may use it; a route without a rule stops the application from starting.

The rule is about the person (`@access(...)`); which rows they may touch is asked where the rows
are fetched (`visible_bid`) and again in the operation.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, TypeVar

from flask import Flask, abort, g, make_response, redirect, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from fundflow.models.fund import Module
from fundflow.models.person import RoleName, User
from fundflow.web import modules
from fundflow.web.sent_again import signed_out_page
from fundflow.workflow.working_days import london_date

View = TypeVar("View", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True)
class Rule:
    """anyone: no sign-in needed · signed_in: any account · else: one of the roles, or a seat on a
    panel, or a place at a school. every_fund: a role counts only where it is held for every fund.
    module: where no fund uses it, there is no such page (404)."""

    anyone: bool = False
    signed_in: bool = False
    roles: frozenset[RoleName] = frozenset()
    panel: bool = False
    school: bool = False
    every_fund: bool = False
    module: Module | None = None

    def allows(self, user: User | None, now: datetime) -> bool:
        if self.anyone:
            return True
        if user is None:
            return False
        day = london_date(now)
        return (
            self.signed_in
            or bool(self.roles & user.roles_on(day, every_fund=self.every_fund))
            or (self.panel and bool(user.seats_on(day)))
            or (self.school and bool(user.memberships_on(day)))
        )


ANYONE = Rule(anyone=True)
SIGNED_IN = Rule(signed_in=True)
ADMINISTRATORS = Rule(roles=frozenset({RoleName.ADMINISTRATOR}))
ADMINISTRATORS_OF_ALL = Rule(roles=frozenset({RoleName.ADMINISTRATOR}), every_fund=True)  # of every fund
# Whose data is held, who opened it and what was asked about it belongs to no fund.
READERS_OF_PEOPLE = Rule(roles=frozenset({RoleName.ADMINISTRATOR, RoleName.AUDITOR}), every_fund=True)


def roles(
    *names: RoleName,
    panel: bool = False,
    school: bool = False,
    every_fund: bool = False,
    module: Module | None = None,
) -> Rule:
    """A rule for these roles (and, where said, panel members or people of a school)."""
    return Rule(roles=frozenset(names), panel=panel, school=school, every_fund=every_fund, module=module)


def access(rule: Rule) -> Callable[[View], View]:
    """Declare a route's rule; stands under the route's decorator."""

    def declare(view: View) -> View:
        view.access_rule = rule  # type: ignore[attr-defined]
        return view

    return declare


def rule_of(app: Flask, endpoint: str) -> Rule | None:
    if endpoint == "static":
        return ANYONE
    return getattr(app.view_functions[endpoint], "access_rule", None)


def guard(app: Flask) -> None:
    """Ask the rule before every request; refuse to start where one is missing."""
    missing = sorted(name for name in app.view_functions if rule_of(app, name) is None)
    if missing:
        raise RuntimeError(f"Routes without an access rule: {', '.join(missing)}")

    @app.before_request
    def ask() -> Response | None:
        if request.endpoint is None:
            return None  # a 404 or 405 on its way
        rule = rule_of(app, request.endpoint)
        if rule and not modules.is_on(rule.module):
            return abort(404)
        user = me_or_nobody() if rule and not rule.anyone else None
        if rule and rule.allows(user, now()):
            return None
        if user is None and (typed := signed_out_page()):
            return make_response(*typed)
        if user is None:
            wanted = request.full_path.rstrip("?") if request.method == "GET" else None
            return redirect(url_for("accounts.sign_in", next=wanted))
        return abort(403)


def me_or_nobody() -> User | None:
    """The signed-in person, or None; None too once the database can't say."""
    if g.get("without_database"):
        return None
    return current_user._get_current_object() if current_user.is_authenticated else None


def go_on_without_database() -> None:
    """From here on this request's page asks nothing of a database that can't answer."""
    g.without_database = True


def me() -> User:
    """The signed-in person; 403 where nobody is."""
    return me_or_nobody() or abort(403)


def now() -> datetime:
    """The moment of this request."""
    return datetime.now(UTC)
