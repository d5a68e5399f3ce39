"""The room’s blueprint; `routes/` adds the pages."""

from flask import Blueprint

blueprint = Blueprint("advisers", "fundflow.advisers")
