"""Awards already running, decided before the fund began here: entered with what was earned and paid, and
confirmed by another person. It begins bids, accounts and payments at once, so it stands above their rooms."""

from fundflow.openings import correction_routes, routes  # noqa: F401 (its pages)
from fundflow.openings.blueprint import blueprint as blueprint
