"""What the load's processes run: the application and the worker, at the moment of the tests' council.

`gunicorn 'tests.load.served:serve()'` and `python -m tests.load.served`, with the settings of production but
for tokens in forms.
"""

import os
import time
from datetime import timedelta
from typing import Any

import time_machine

from fundflow import create_app
from fundflow.config import settings
from fundflow.worker import main
from tests.factories import NOW

BEGAN = "LOAD_BEGAN"  # the second at which the load began, for all its processes


def at_the_moment() -> None:
    """Let this process's clock go on from the factories' moment, as those of all others do."""
    gone = time.time() - float(os.environ[BEGAN])
    time_machine.travel(NOW + timedelta(seconds=gone), tick=True).start()
    time.time()  # the clock goes on from when it is first looked at, which may be seconds later


def serve() -> Any:
    """The WSGI application."""
    at_the_moment()
    return create_app(settings() | {"WTF_CSRF_ENABLED": False})


if __name__ == "__main__":
    at_the_moment()
    main(create_app(settings()))
