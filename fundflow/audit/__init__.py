"""For auditors: what changed, who was given what, who looked at what, samples, seals, and the audit pack of a
bid. It reads every table, so it stands above the rooms."""

from fundflow.audit import routes  # noqa: F401 (its pages)
from fundflow.audit.blueprint import blueprint as blueprint
