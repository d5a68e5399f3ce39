"""Advisers: their register, the schools they are allocated to, and their visits."""

import fundflow.advisers.routes  # noqa: F401 (adds the pages)
from fundflow.advisers.blueprint import blueprint

__all__ = ["blueprint"]
