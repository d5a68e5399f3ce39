"""The room’s blueprint; `routes/` adds the pages."""

from flask import Blueprint

blueprint = Blueprint("desk", "fundflow.desk")
