"""Pages of appointments ask whether it is really the person before anything is typed."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from fundflow.models.signing_in import ProofFor
from fundflow.proofs import require_proof
from fundflow.web.access import me, now

View = Callable[..., Any]


def proved(view: View) -> View:
    """Decorates a view under its `@access`; the operation asks again."""

    @wraps(view)
    def asking(*args: Any, **parts: Any) -> Any:
        require_proof(me(), ProofFor.APPOINTMENTS, now())
        return view(*args, **parts)

    return asking
