"""The page of one step: what it means, what it asks for, the button. One view serves every row.

A process says here how its records are found and where its pages lead back to. A room registers what
a step does beyond its row (an *operation*), or a page of its own where the choices come from data.
Rows that nobody registers get their page by themselves (`add_rest`).
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import Any, NamedTuple

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from fundflow.actors import fund_of
from fundflow.models.signing_in import ProofFor
from fundflow.proofs import require_proof
from fundflow.steps import open_steps, require_actor, require_step, take_and_commit, why_no_step
from fundflow.web.access import SIGNED_IN, Rule, access, me, now
from fundflow.web.forms import GONE, Form, carried_out
from fundflow.web.step_forms import form_of, given
from fundflow.workflow.actors import Actor
from fundflow.workflow.engine import OpenStep, Step, Workflow


class Link(NamedTuple):
    """A step that somebody may take and its page; `primary` is the one green button of a list."""

    open: OpenStep
    url: str
    primary: bool = False


NOT_TYPED = ("csrf_token", "check", "change")
Answer = str | tuple[str, int] | Response
View = Callable[..., Any]


@dataclass
class StepPages:
    """The pages of one process's steps.

    path       the address of a record, to which a step's name is added: `/bids/<reference>/steps`
    load       the record at an address, by the parts of `path`; 404 where there is none for this person
    parts      the parts of `path` for a record
    back       the address its pages lead back to, and `back_text` the link's words
    caption    the line above the heading
    after      where to go once a step is taken; `back` unless said otherwise
    prefix     of the endpoints
    """

    workflow: Workflow
    path: str
    load: Callable[..., Any]
    parts: Callable[[Any], dict[str, Any]]
    back: Callable[[Any], str]
    back_text: str
    caption: Callable[[Any], str]
    after: Callable[[Any], str] | None = None
    rule: Rule = SIGNED_IN
    prefix: str = ""
    template: str = "step.html"
    endpoints: dict[str, str] = field(default_factory=dict)

    # -- registering ------------------------------------------------------------------------------

    def add(
        self,
        blueprint: Blueprint,
        name: str,
        operation: Callable[..., Any] | None = None,
        *,
        load: Callable[..., Any] | None = None,
        explain: Callable[[Any], tuple[str, ...]] | None = None,
        heading: Callable[[Any], str] | None = None,
        template: str = "",
        context: Callable[[Any], Mapping[str, Any]] | None = None,
        about_to: Callable[[Any], Sequence[str]] | None = None,
    ) -> None:
        """The page of a step that asks for no more than its row says.

        operation  takes the record, what was given by name, `user`, `now` and `version`, and ends in
                   a commit; without one the step is taken, and nothing else
        explain    what to add to the row's explanation, from the record's data
        context    what the template needs besides; asked for only where the page is shown
        about_to   what the step would do with the record, in sentences for a page before it is done
        """
        operation = operation or partial(_take, name=name)

        def view(**parts: Any) -> Answer:
            record = (load or self.load)(**parts)
            row = self._row(record, name)
            form = form_of(row).on(record)

            def act() -> None:
                operation(record, user=me(), now=now(), version=form.version.data, **given(form, row))

            return self.page(
                record,
                name,
                form,
                act,
                explain=explain(record) if explain else (),
                heading=heading(record) if heading else "",
                template=template,
                context=context,
                about_to=partial(about_to, record) if about_to else None,
            )

        self._register(blueprint, name, view, self.rule)

    def own(self, blueprint: Blueprint, name: str, rule: Rule | None = None) -> Callable[[View], View]:
        """Decorates the view of a step that has a page of its own."""

        def register(view: View) -> View:
            self._register(blueprint, name, view, rule or self.rule)
            return view

        return register

    def add_rest(self, blueprint: Blueprint, *, but: tuple[str, ...] = ()) -> None:
        """Give every row that people take and nobody registered its page; `but` have none."""
        for name in self.workflow.step_names():
            people = {actor for row in self.workflow.rows(name) for actor in row.by} - {Actor.CLOCK}
            if people and name not in self.endpoints and name not in but:
                self.add(blueprint, name)

    def _register(self, blueprint: Blueprint, name: str, view: View, rule: Rule) -> None:
        endpoint = self.prefix + name
        blueprint.add_url_rule(
            f"{self.path}/{name.replace('_', '-')}",
            endpoint,
            access(rule)(view),
            methods=["GET", "POST"],
        )
        self.endpoints[name] = f"{blueprint.name}.{endpoint}"

    # -- serving ----------------------------------------------------------------------------------

    def page(
        self,
        record: Any,
        name: str,
        form: Form,
        act: Callable[[], Any],
        *,
        explain: tuple[str, ...] = (),
        done: str = "",
        heading: str = "",
        button: str = "",
        template: str = "",
        back: str = "",
        back_text: str = "",
        context: Callable[[Any], Mapping[str, Any]] | None = None,
        about_to: Callable[[], Sequence[str]] | None = None,
        **values: Any,
    ) -> Answer:
        """Ask for what the step needs, take it, and go on.

        about_to  what the step would do with the answers, in sentences: its page leads to a page that says
                  so first, and back to change them

        A step that is not open to this person is refused (409) before the form is shown; one that is
        never theirs also when it is sent, since the form shows what only its takers may read.
        """
        (require_actor if form.is_submitted() else require_step)(record, name, me(), now())
        row = self._row(record, name)
        if row.proof:  # before anything is typed
            require_proof(me(), ProofFor.MONEY, now(), fund=fund_of(record))
        # Both before the commit, after which the record would be read again, under a lock.
        said, home = done or self.done(record, name), self.back(record)
        if about_to and "check" in request.form:  # what would become of it is said of a step that is open
            is_open = partial(require_step, record, name, me(), now())
            if form.validate_on_submit() and carried_out(form, is_open, record):
                return self._check_page(record, row, about_to())
        to_change = about_to is not None and bool({"change", "check"} & request.form.keys())
        if not to_change and form.validate_on_submit() and carried_out(form, act, record):
            flash(said, "success")
            return redirect(self.after(record) if self.after else home)
        gone = why_no_step(record, name, me(), now()) if form.stale else None
        if gone:  # what was done in between leaves no way to send it again
            form.problem = f"{GONE}{form.happened} {gone}"
        shown = {
            "explain": (*row.explained(record), *explain),
            "caption": self.caption(record),
            "back": back or home,
            "back_text": back_text or self.back_text,
            **(context(record) if context else {}),
            **values,
        }
        page = render_template(
            template or self.template,
            record=record,
            bid=record.bid,
            form=form,
            heading=heading or row.button,
            button=button or heading or row.button,
            warning=row.warning,
            gone=gone,
            checks=about_to is not None,
            **shown,
        )
        return page, 200 if about_to and "change" in request.form else form.status

    def _check_page(self, record: Any, row: Step, about_to: Sequence[str]) -> str:
        """What the step would do, with everything that was typed sent along unseen."""
        typed = [(n, text) for n, texts in request.form.lists() for text in texts if n not in NOT_TYPED]
        return render_template(
            "step_check.html",
            record=record,
            bid=record.bid,
            caption=self.caption(record),
            about_to=about_to,
            typed=typed,
            button=row.button,
            warning=row.warning,
            back=self.back(record),
            back_text=self.back_text,
        )

    def links(self, record: Any, only: Collection[str] = ()) -> list[Link]:
        """The steps this person sees as buttons, what is expected next first; `only` these.

        Some steps have no page of their own.
        """
        found = [
            Link(open_, self.url(record, open_.step.name))
            for open_ in open_steps(record, me(), now())
            if open_.step.name in self.endpoints and (not only or open_.step.name in only)
        ]
        found.sort(key=lambda link: (not link.open.is_expected, link.open.is_sidestep))
        return [link._replace(primary=n == 0 and link.open.is_expected) for n, link in enumerate(found)]

    def url(self, record: Any, name: str) -> str:
        """The page of a step of this record."""
        return url_for(self.endpoints[name], **self.parts(record))

    def done(self, record: Any, name: str) -> str:
        """What is said once a step of this record is taken."""
        row = self._row(record, name)
        return row.filled(row.done, record)

    def _row(self, record: Any, name: str) -> Step:
        """The step's row from the record's state, else its first."""
        rows = self.workflow.rows(name)
        return next((row for row in rows if record.state in row.sources), rows[0])


def _take(record: Any, *, name: str, user: Any, now: Any, version: int | None, **given: Any) -> None:
    take_and_commit(record, name, user=user, now=now, version=version, given=given)
