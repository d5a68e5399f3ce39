"""Finding a school, and a school's page."""

from flask import abort, render_template, request

from fundflow.models.area import Tier
from fundflow.models.fund import Module
from fundflow.models.school import PHASES, School
from fundflow.permissions import is_staff
from fundflow.rules.school_queries import school_by_urn
from fundflow.schools import area_queries, caseload_queries, change_queries, queries, rules, words
from fundflow.schools.blueprint import blueprint
from fundflow.schools.target_queries import targets_of
from fundflow.web import modules
from fundflow.web.access import SIGNED_IN, access, me, now
from fundflow.web.paging import row_id
from fundflow.workflow.working_days import london_date

blueprint.add_app_template_filter(words.pupils, "pupils")
blueprint.add_app_template_filter(words.share, "share")


def known(urn: str) -> School:
    """The school with this URN, or the organisation with this code of ours; else 404."""
    return school_by_urn(urn, organisations=True) or abort(404)


@blueprint.route("/schools")
@access(SIGNED_IN)
def search() -> str:
    """Schools by name, URN or postcode: the fund's authority, or the whole of England."""
    wanted = queries.SchoolFilters.from_args(request.args)
    area = queries.area_of(wanted)
    return render_template(
        "schools/search.html",
        wanted=wanted,
        area=area,
        page=queries.schools_page(wanted, area),
        patches=queries.patch_names(),
        phases=PHASES,
        cluster=queries.cluster_name(wanted.cluster),
        for_readers=rules.is_one_of(me(), rules.READERS, now()),
    )


@blueprint.route("/schools/<urn>")
@access(SIGNED_IN)
def school(urn: str) -> str:
    """What public data we hold on a school, and its bids as far as the viewer may see them."""
    found, user, at = known(urn), me(), now()
    bids = queries.bids_of(found, user, at, row_id(request.args.get("after")))
    reads_tiers = rules.sees_tiers(user, found, at)
    keeps = reads_tiers and modules.is_on(Module.CASELOADS)
    standing, removed = queries.inspections_on_page(found, removed=reads_tiers)
    targets = targets_of(found, at) if reads_tiers else None
    return render_template(
        "schools/school.html",
        school=found,
        kind=queries.KIND_WORDS[found.kind],
        premiums=queries.premiums_of(found),
        bids=bids,
        awards=queries.awards_seen(bids.rows, user, at),
        people=queries.people_of(found, at) if rules.sees_people(user, at) else None,
        for_staff=is_staff(user, at),
        is_ours=found.id in user.school_ids(london_date(at)),
        patch=area_queries.patch_of(found),
        tier_words=Tier,
        clusters=area_queries.clusters_of(found),
        successions=change_queries.successions_of(found),
        tiers=area_queries.tiers_of(found) if reads_tiers else None,
        caseload=caseload_queries.caseload_of(
            found, user, at, [row.target for row in targets or ()], standing
        )
        if keeps
        else None,
        inspections=standing,
        removed_inspections=removed,
        may_edit_inspections=rules.why_no_inspection(user, found, at) is None,
        targets=targets,
        may_set_target=rules.why_no_target(user, found, at) is None,
        may_record_tier=rules.why_no_tier(user, found, at) is None,
        may_pass_on=rules.may_edit(user, at) and found.status_code in change_queries.CLOSING,
        may_edit_organisation=found.is_organisation and rules.may_edit_organisations(user, at),
    )
