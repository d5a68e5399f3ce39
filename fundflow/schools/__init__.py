"""Schools: public data imported, found by name, URN or postcode, a page each; how a council sees them
(patches, clusters, tiers), and what becomes of their bids when they close."""

import fundflow.schools.routes  # noqa: F401 (adds the pages)
from fundflow.schools.blueprint import blueprint

__all__ = ["blueprint"]
