"""The room’s blueprint; `routes/` adds the pages."""

from flask import Blueprint

blueprint = Blueprint("surveys", "fundflow.surveys")
