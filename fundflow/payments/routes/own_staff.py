"""The days and money of a school's own staff, for its people."""

from flask import render_template, request

from fundflow.payments.blueprint import blueprint
from fundflow.payments.own_staff import own_days, own_staff
from fundflow.web.access import access, me, now, roles
from fundflow.web.paging import row_id


@blueprint.route("/our-staff")
@access(roles(school=True))
def our_staff() -> str:
    after = row_id(request.args.get("after"))
    found = own_staff(me(), now())
    return render_template(
        "payments/our_staff.html",
        parts=found,
        several=len({part.school.id for part in found}) > 1,
        days=own_days(me(), now(), after),
    )
