"""Schools: public data imported, found by name, URN or postcode, a page each; how a council sees them
(patches, clusters, tiers), and what becomes of their bids when they close."""

from fundflow.schools import (  # noqa: F401 (their routes)
    routes_areas,
    routes_changes,
    routes_organisations,
    routes_registers,
    routes_tiers,
    routes_trusts,
)
from fundflow.schools.routes import rooms

__all__ = ["rooms"]
