"""Good practice: the directory, its entries, and their steps."""

from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for

from fundflow.brokering import good_practice, practice, queries
from fundflow.brokering.blueprint import blueprint
from fundflow.brokering.matching import PHASES_OFFERED
from fundflow.brokering.operations import practice as operations
from fundflow.brokering.practice_forms import EntryForm, ProposeForm
from fundflow.history import history_of
from fundflow.models.brokering import Expertise
from fundflow.models.fund import Module
from fundflow.models.person import RoleName as R
from fundflow.models.practice import PracticeEntry
from fundflow.web.access import access, me, now, roles
from fundflow.web.forms import carried_out
from fundflow.web.navigation import GOOD_PRACTICE
from fundflow.web.paging import enum_member, row_id
from fundflow.web.step_pages import StepPages
from fundflow.workflow.practice import PRACTICE, PracticeState
from fundflow.workflow.working_days import london_date

KEEPERS = roles(R.OFFICER, R.DEPUTY_OFFICER, module=Module.SHARING)
READERS = roles(R.OFFICER, R.DEPUTY_OFFICER, R.AUDITOR, R.ADMINISTRATOR, module=Module.SHARING)


def visible_entry(number: int) -> PracticeEntry:
    """An entry that the signed-in person may read, else 404."""
    return practice.entry_by_id(number, me(), now()) or abort(404)


def _place(found: PracticeEntry) -> str:
    return url_for("brokering.practice_entry", number=found.id)


PRACTICE_STEPS = StepPages(
    PRACTICE,
    path="/good-practice/<id:number>/steps",
    load=visible_entry,
    parts=lambda found: {"number": found.id},
    back=_place,
    back_text="Back to the entry",
    caption=lambda found: f"Good practice · {found.school.name}",
    rule=GOOD_PRACTICE,
    prefix="practice_",
)


@blueprint.route("/good-practice")
@access(GOOD_PRACTICE)
def found_practice() -> str:
    """Case studies, offers and entries of schools that do well, found by need."""
    wanted = good_practice.Wanted.from_args(request.args)
    return render_template(
        "brokering/good_practice.html",
        wanted=wanted,
        page=good_practice.found_page(wanted),
        needs=[(one.value, one.words) for one in Expertise],
        kinds=[(one.value, one.words) for one in good_practice.Kind],
        phases=PHASES_OFFERED.items(),
        may_ask=bool(queries.schools_of(me(), now())) or queries.brokers(me(), now()),
        reads_all=practice.reads_all(me(), now()),
    )


@blueprint.route("/good-practice/entries")
@access(READERS)
def practice_entries() -> str:
    """The entries that officers made, in every state."""
    state = enum_member(PracticeState, request.args.get("state"))
    return render_template(
        "brokering/practice_entries.html",
        state=state,
        page=practice.every_entry(state, me(), now(), row_id(request.args.get("after"))),
        states=[(one.value, words) for one, words in PRACTICE.words.items() if one is not PRACTICE.initial],
        may_propose=bool(practice.funds_of(me(), now())),
        today=london_date(now()),
    )


@blueprint.route("/good-practice/propose", methods=["GET", "POST"])
@access(KEEPERS)
def propose_practice() -> Any:
    """Write an entry, and ask the head of its school to agree."""
    funds = practice.funds_of(me(), now())
    measures = practice.measures_of(funds)
    schools = queries.schools_to_choose(me(), now())
    form = ProposeForm()
    form.choose_fund(funds)
    form.choose_school(schools)
    form.choose(measures)
    made: list[int] = []

    def act() -> None:
        fund = next(fund for fund in funds if str(fund.id) == form.fund.data)
        school = next(school for school in schools if school.urn == form.school.data)
        made.append(operations.propose(fund, school, form.said(measures), user=me(), now=now()).id)

    if form.validate_on_submit() and carried_out(form, act):
        flash("The entry is proposed. We are asking the head of the school.", "success")
        return redirect(url_for("brokering.practice_entry", number=made[0]))
    return render_template("brokering/practice_propose.html", form=form, funds=funds), form.status


@blueprint.route("/good-practice/<id:number>")
@access(GOOD_PRACTICE)
def practice_entry(number: int) -> str:
    """One entry: what its school does well, and how to get in touch."""
    found = visible_entry(number)
    ours = bool(found.asked_schools & me().school_ids(london_date(now())))
    reads_all = practice.reads_all(me(), now())
    return render_template(
        "brokering/practice_entry.html",
        entry=found,
        steps=PRACTICE_STEPS.links(found),
        ours=ours,
        reads_all=reads_all,
        may_ask=bool(queries.schools_of(me(), now())) or queries.brokers(me(), now()),
        history=history_of(found) if ours or practice.reads_history(found, me(), now()) else [],
    )


@PRACTICE_STEPS.own(blueprint, "propose", KEEPERS)
def practice_propose_again(number: int) -> Any:
    """Change what an entry says; its head is asked again."""
    found = visible_entry(number)
    measures = practice.measures_of([found.fund])
    form = EntryForm.on(found)
    form.choose(measures)
    form.fill(found)
    return PRACTICE_STEPS.page(
        found,
        "propose",
        form,
        lambda: operations.propose_again(
            found, form.said(measures), user=me(), now=now(), version=form.version.data
        ),
        heading="Change the entry and ask the school",
    )


for _name in ("agree", "decline", "take_back", "keep", "withdraw"):
    PRACTICE_STEPS.add(blueprint, _name, getattr(operations, _name))
