"""The officer's desk for brokering, matching for a need, and support that an officer commissions."""

from typing import Any, NamedTuple

from flask import flash, redirect, render_template, request, url_for

from fundflow.brokering import providers, queries
from fundflow.brokering.blueprint import blueprint
from fundflow.brokering.candidates import matches
from fundflow.brokering.forms import CommissionForm, DaysNeededForm, school_choices
from fundflow.brokering.matching import Match
from fundflow.brokering.operations import commissioning
from fundflow.models.bid import Bid
from fundflow.models.brokering import Expertise, SupportRequest
from fundflow.models.person import RoleName as R
from fundflow.models.provider import Provider
from fundflow.models.school import School
from fundflow.web.access import access, me, me_or_nobody, now, roles
from fundflow.web.fields import choices_of
from fundflow.web.forms import carried_out
from fundflow.web.paging import enum_member, row_id

BROKERS = roles(R.OFFICER, R.DEPUTY_OFFICER)
READERS = roles(R.OFFICER, R.DEPUTY_OFFICER, R.AUDITOR)
KEEPERS = roles(R.OFFICER, R.DEPUTY_OFFICER, school=True)


@blueprint.app_template_global()
def reads_brokering() -> bool:
    """Whether the signed-in person reads the log of contacts."""
    user = me_or_nobody()
    return user is not None and queries.reads_brokering(user, now())


@blueprint.app_template_global()
def request_behind(bid: Bid) -> SupportRequest | None:
    """The request for support a bid began as, for those who may see it."""
    return queries.request_behind(bid, me(), now())


@blueprint.route("/brokering")
@access(READERS)
def desk() -> str:
    """Requests for support that wait, oldest first; or those that are settled."""
    settled = request.args.get("show") == "settled"
    find = queries.settled_requests if settled else queries.open_requests
    return render_template(
        "brokering/desk.html",
        page=find(me(), now(), row_id(request.args.get("after"))),
        settled=settled,
        counts=queries.counts(me(), now()),
        may_broker=queries.brokers(me(), now()),
    )


class NeedInAddress(NamedTuple):
    """A need as it stands in the address."""

    school: School | None
    expertise: Expertise | None
    half_days: int | None
    form: DaysNeededForm


@blueprint.route("/brokering/match")
@access(READERS)
def match_need() -> str:
    """Schools that can help with a need for which there is no request (yet)."""
    schools = queries.schools_to_choose(me(), now())
    wanted = _wanted(schools)
    found: Match | None = None
    if wanted.school and wanted.expertise and not wanted.form.errors:
        found = matches(wanted.school, wanted.expertise, wanted.half_days, user=me(), now=now())
    return render_template(
        "brokering/match_need.html",
        schools=schools,
        wanted=wanted,
        found=found,
        every_expertise=list(Expertise),
        may_broker=queries.brokers(me(), now()),
    )


def _wanted(schools: list[School]) -> NeedInAddress:
    urn = request.args.get("school", "")
    form = DaysNeededForm(request.args, meta={"csrf": False})
    form.validate()
    return NeedInAddress(
        next((s for s in schools if s.urn == urn), None),
        enum_member(Expertise, request.args.get("expertise")),
        form.days.data,
        form,
    )


@blueprint.route("/brokering/commission", methods=["GET", "POST"])
@access(BROKERS)
def commission() -> Any:
    """Support for a school that has not asked: the officer begins its bid."""
    schools = {s.urn: s for s in queries.schools_to_choose(me(), now())}
    rounds = {str(r.id): r for r in queries.rounds_to_commission(me(), now())}
    independents = {f"provider-{one.id}": one for one in providers.to_commission(me(), now())}
    form = _commission_form(schools, list(rounds.values()), independents)
    begun: list[str] = []

    def act() -> None:
        bid = commissioning.commission(
            schools[form.school.data],
            schools.get(form.provider.data) or independents[form.provider.data],
            rounds[form.round_id.data],
            expertise=Expertise(form.expertise.data),
            reason=form.reason.data,
            user=me(),
            now=now(),
        )
        begun.append(bid.reference)

    if form.validate_on_submit() and carried_out(form, act):
        flash("The bid is begun. Fill it in; the school’s head agrees after you have sent it.", "success")
        return redirect(url_for("applications.task_list", reference=begun[0]))
    page = render_template("brokering/commission.html", form=form, rounds=rounds)
    return page, form.status


def _commission_form(
    schools: dict[str, School], rounds: Any, independents: dict[str, Provider]
) -> CommissionForm:
    form = CommissionForm(data={name: request.args.get(name) for name in ("school", "provider", "expertise")})
    form.school.choices = form.provider.choices = school_choices(schools.values())
    if independents:
        named = choices_of((key, f"{one.name} (independent provider)") for key, one in independents.items())
        form.provider.choices = [*form.provider.choices, *named]
    form.choose(rounds)
    return form
