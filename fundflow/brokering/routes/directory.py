"""The directory of what schools offer: open to everybody signed in, kept by the schools."""

from typing import Any

from flask import abort, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from fundflow.brokering import directory, queries
from fundflow.brokering.blueprint import blueprint
from fundflow.brokering.forms import OfferForm, school_choices
from fundflow.brokering.matching import PHASES_OFFERED
from fundflow.brokering.operations import offers
from fundflow.brokering.operations.offers import Offered
from fundflow.brokering.routes.brokering import KEEPERS
from fundflow.models.brokering import Expertise, SupportOffer
from fundflow.models.school import School
from fundflow.web.access import SIGNED_IN, access, me, now
from fundflow.web.forms import carried_out


@blueprint.route("/directory")
@access(SIGNED_IN)
def support_directory() -> str:
    """What schools offer, searched by text, expertise and phase."""
    wanted = directory.OfferFilters.from_args(request.args)
    mine = queries.schools_of(me(), now())
    return render_template(
        "brokering/directory.html",
        wanted=wanted,
        page=directory.directory_page(wanted, now()),
        own=directory.offers_of(me(), now()),
        may_add=bool(mine) or queries.brokers(me(), now()),
        may_keep_all=queries.brokers(me(), now()),
        my_schools={school.id for school in mine},
        every_expertise=list(Expertise),
        every_phase=PHASES_OFFERED,
    )


@blueprint.route("/directory/add", methods=["GET", "POST"])
@access(KEEPERS)
def offer_add() -> Any:
    schools = _schools()
    form = OfferForm()
    form.school.choices = school_choices(schools.values())
    if len(schools) == 1 and not form.is_submitted():
        form.school.data = next(iter(schools))
    if form.validate_on_submit() and carried_out(
        form,
        lambda: offers.add_offer(schools[form.school.data], _offered(form), user=me(), now=now()),
    ):
        return _done("The offer is in the directory.")
    page = render_template("brokering/offer.html", form=form, schools=schools, offer=None)
    return page, form.status


@blueprint.route("/directory/<id:number>/change", methods=["GET", "POST"])
@access(KEEPERS)
def offer_change(number: int) -> Any:
    offer = _offer(number)
    form = OfferForm.on(offer)
    form.school.choices = school_choices([offer.school])
    form.school.data = offer.school.urn
    form.fill(offer)
    if form.validate_on_submit() and carried_out(
        form,
        lambda: offers.change_offer(offer, _offered(form), user=me(), now=now(), version=form.version.data),
        offer,
    ):
        return _done("The offer is changed.")
    page = render_template("brokering/offer.html", form=form, schools=[offer.school], offer=offer)
    return page, form.status


@blueprint.route("/directory/<id:number>/withdraw", methods=["POST"])
@access(KEEPERS)
def offer_withdraw(number: int) -> Any:
    offers.withdraw_offer(_offer(number), user=me(), now=now())
    return _done("The offer is no longer in the directory. You can offer it again at any time.")


@blueprint.route("/directory/<id:number>/offer-again", methods=["POST"])
@access(KEEPERS)
def offer_again(number: int) -> Any:
    offers.offer_again(_offer(number), user=me(), now=now())
    return _done("The offer is back in the directory.")


def _schools() -> dict[str, School]:
    """The schools whose offers this person may add: their own, or for an officer any."""
    mine = {school.urn: school for school in queries.schools_of(me(), now())}
    others = queries.schools_to_choose(me(), now()) if queries.brokers(me(), now()) else []
    return mine | {school.urn: school for school in others}


def _offer(number: int) -> SupportOffer:
    """An offer this person may keep, else 404."""
    offer = directory.offer_by_id(number) or abort(404)
    return offer if offers.may_keep(me(), offer.school, now()) else abort(404)


def _offered(form: OfferForm) -> Offered:
    return Offered(
        title=form.title.data,
        expertise={Expertise(value) for value in form.expertise.data},
        phases=form.phases.data,
        half_days=form.half_days.data or 0,
        who=form.who.data,
        description=form.description.data or "",
    )


def _done(words: str) -> Response:
    flash(words, "success")
    return redirect(url_for("brokering.support_directory"))
