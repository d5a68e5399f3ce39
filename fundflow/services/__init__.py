"""Services that schools buy: the catalogue, their orders, and what finance is to invoice."""

import fundflow.services.routes  # noqa: F401 (adds the pages)
from fundflow.services.blueprint import blueprint

__all__ = ["blueprint"]
