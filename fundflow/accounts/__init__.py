"""Accounts: signing in by emailed links, people, what each holds and until when."""

import fundflow.accounts.routes  # noqa: F401 (adds the pages)
from fundflow.accounts.blueprint import blueprint

__all__ = ["blueprint"]
