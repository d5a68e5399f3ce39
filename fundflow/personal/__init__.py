"""People's data: copies of what is held about somebody, complaints, and what is no longer kept. It reads
every table, so it stands above the rooms."""

from fundflow.personal import complaint_routes, removal_routes, restriction_routes, routes  # noqa: F401 (its pages)
from fundflow.personal.blueprint import blueprint as blueprint
