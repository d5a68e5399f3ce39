"""The demonstration: an invented council to try everything on. Only with the demo switch on."""

from fundflow.demo.mark import refuse_other_data
from fundflow.demo.routes import blueprint

__all__ = ["blueprint", "refuse_other_data"]
