"""A frozen version in words, for the templates of other rooms: the panel's papers show it."""

import json
from typing import NamedTuple

from fundflow.applications import attaching, reading
from fundflow.applications.blueprint import blueprint
from fundflow.models.bid import Bid
from fundflow.models.review import Submission
from fundflow.web.access import me, now


class AsSent(NamedTuple):
    """The bid as it was sent once."""

    title: str
    sections: list[reading.SectionInWords]
    costs: reading.Costs


@blueprint.app_template_global()
def bid_as_sent(frozen: Submission) -> AsSent:
    data = json.loads(frozen.answers)
    return AsSent(
        data["sections"]["about"]["answers"]["title"], reading.in_words(data), reading.costs_in_words(data)
    )


@blueprint.app_template_global()
def files_as_sent(bid: Bid, frozen: Submission) -> list[attaching.Listed]:
    """Its files, each with whether the reader of the page may open it."""
    return attaching.in_version(me(), bid, frozen.answers, now())
