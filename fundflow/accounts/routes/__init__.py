"""The room’s pages."""

from fundflow.accounts.routes import (  # noqa: F401 (each adds its own)
    address,
    people,
    place,
    proving,
    sign_in,
    single_sign_on,
)
