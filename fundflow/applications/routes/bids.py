"""Starting a bid, reading it, and the page after it was sent."""

import json
from typing import Any

from flask import abort, redirect, render_template, url_for

from fundflow.applications import attaching, late_evidence, operations, queries, reading
from fundflow.applications.asked import approver_steps
from fundflow.applications.blueprint import blueprint
from fundflow.applications.correcting import why_no_correction
from fundflow.applications.forms import NewBidForm
from fundflow.applications.may_offer import may_offer
from fundflow.models.round import Round
from fundflow.models.school import School
from fundflow.rules.rounds import let_in_until
from fundflow.web.access import SIGNED_IN, access, me, now, roles
from fundflow.web.bid_page import bid_page
from fundflow.web.bids import visible_bid
from fundflow.web.fields import choices_of
from fundflow.web.forms import carried_out


@blueprint.route("/bids/new", methods=["GET", "POST"])
@access(roles(school=True))
def new_bid() -> Any:
    """Choose the school that leads the bid and the round, where there is a choice."""
    schools = {str(school.id): school for school in queries.may_start(me(), now())}
    rounds = {str(r.id): r for r in queries.open_rounds(list(schools.values()), now())}
    form = _new_bid_form(schools, rounds)
    started: list[str] = []

    def start() -> None:
        bid = operations.start_bid(
            user=me(), now=now(), school=schools[form.school_id.data], round=rounds[form.round_id.data]
        )
        started.append(bid.reference)

    if form.validate_on_submit() and carried_out(form, start):
        return redirect(url_for("applications.task_list", reference=started[0]))
    room = may_offer((r.fund for r in rounds.values()), schools.values(), now())
    page = render_template("applications/new_bid.html", form=form, schools=schools, rounds=rounds, room=room)
    return page, form.status


def _new_bid_form(schools: dict[str, School], rounds: dict[str, Round]) -> NewBidForm:
    """Where there is only one school or round, it is chosen already; else none is, also after an error."""
    form = NewBidForm(
        data={
            "school_id": next(iter(schools)) if len(schools) == 1 else None,
            "round_id": next(iter(rounds)) if len(rounds) == 1 else None,
        }
    )
    form.school_id.choices = choices_of((key, school.name) for key, school in schools.items())
    form.round_id.choices = choices_of((key, f"{r.fund.name}: {r.name}") for key, r in rounds.items())
    form.round_id.hints = {key: _at_a_glance(r, schools) for key, r in rounds.items()}
    if len(rounds) > 1:  # the page shows an only round's guidance below it
        form.round_id.hints = {
            key: f"{form.round_id.hints[key]} {r.guidance}".strip() for key, r in rounds.items()
        }
    return form


def _at_a_glance(round_: Round, schools: dict[str, School]) -> str:
    """A round in a line or two, with the later closing of a school that was let in late."""
    late = [
        let_in_until(round_.id, school.id, now()) for school in schools.values() if round_.has_closed(now())
    ]
    return round_.at_a_glance(now(), max(filter(None, late), default=None))


@blueprint.route("/bids/<reference>/application")
@access(SIGNED_IN)
def application(reference: str) -> str:
    """The whole bid, with its signatures and its frozen versions."""
    bid = visible_bid(reference)
    data = queries.answers_for(me(), bid, now())
    return bid_page(
        "applications/application.html",
        bid,
        sections=reading.in_words(data),
        costs=reading.costs_in_words(data),
        versions=queries.versions(bid),
        may_edit=queries.why_not_editable(me(), bid, now()) is None,
        may_ask=queries.may_ask_again(me(), bid, now()),
        approver_steps=approver_steps,
        taking_part=queries.taking_part(bid),
        may_correct=why_no_correction(me(), bid, now()) is None,
        files=attaching.listed(me(), bid, now()),
        evidence=late_evidence.received(bid),
        may_send_evidence=late_evidence.why_not(me(), bid, now()) is None,
    )


@blueprint.route("/bids/<reference>/application/versions/<number:number>")
@access(SIGNED_IN)
def version(reference: str, number: int) -> str:
    """The bid as it was submitted once, from its frozen copy."""
    bid = visible_bid(reference)
    frozen = queries.version(bid, number) or abort(404)
    data = json.loads(frozen.answers)
    return bid_page(
        "applications/version.html",
        bid,
        frozen=frozen,
        without_names=queries.hash_without_names(frozen),
        sections=reading.in_words(data),
        costs=reading.costs_in_words(data),
        versions=queries.versions(bid),
        files=attaching.in_version(me(), bid, frozen.answers, now()),
    )


@blueprint.route("/bids/<reference>/submitted")
@access(SIGNED_IN)
def submitted(reference: str) -> Any:
    """What happens next, after the bid was sent."""
    bid = visible_bid(reference)
    if bid.submitted_at is None:
        return redirect(url_for("applications.task_list", reference=reference))
    return render_template("applications/submitted.html", bid=bid)
