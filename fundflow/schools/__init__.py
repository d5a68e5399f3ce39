"""Schools: public data imported, found by name, URN or postcode, a page each."""

from fundflow.schools.routes import rooms

__all__ = ["rooms"]
