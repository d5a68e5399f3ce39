"""The demonstration: an invented council to try everything on. Only with the demo switch on."""

from fundflow.demo.routes import rooms

__all__ = ["rooms"]
