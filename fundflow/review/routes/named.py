"""A colleague settles whether it is an interest that a bid names somebody of the council or the panel."""

from flask import url_for

from fundflow.interests.named import confirm_interest, dismiss_interest
from fundflow.models.named_person import NamedPerson
from fundflow.review.blueprint import blueprint
from fundflow.review.routes.review import reviewed_bid
from fundflow.web.bid_steps import bid_caption
from fundflow.web.bids import visible_part
from fundflow.web.step_pages import Link, StepPages
from fundflow.workflow.named_person import NAMED_PERSON


def _visible(reference: str, number: int) -> NamedPerson:
    found: NamedPerson = visible_part(NamedPerson, number, reviewed_bid(reference))
    return found


NAMED_STEPS = StepPages(
    NAMED_PERSON,
    path="/bids/<reference>/named/<id:number>",
    load=_visible,
    parts=lambda named: {"reference": named.bid.reference, "number": named.id},
    back=lambda named: url_for("review.review", reference=named.bid.reference),
    back_text="Back to the review",
    caption=lambda named: bid_caption(named.bid),
)
NAMED_STEPS.add(blueprint, "confirm_interest", confirm_interest)
NAMED_STEPS.add(blueprint, "dismiss_interest", dismiss_interest)


def steps_of(named: NamedPerson) -> list[Link]:
    """What the reader may say about this person, each with its page."""
    return [link for link in NAMED_STEPS.links(named) if link.open.reason is None]


blueprint.add_app_template_global(steps_of, "steps_of_named")
