"""A fund's settings in words."""

from typing import Any

from fundflow.funds.forms import GROUPS, SettingsForm
from fundflow.models.fund import Decider, Fund, PaysBy
from fundflow.models.money import pounds
from fundflow.models.person import RoleName
from fundflow.rules.concerns import outcome_words
from fundflow.web.number_fields import Pounds


def summary(fund: Fund) -> list[tuple[str, list[tuple[str, str]]]]:
    """The settings as labels and values in words, group by group."""
    form = SettingsForm(formdata=None)
    return [
        (heading, [(form[name].label.text, _shown(form[name], getattr(fund, name))) for name in names])
        for heading, names in GROUPS
    ]


def _shown(field: Any, value: Any) -> str:
    if value is None:
        return "None"
    if isinstance(field, Pounds):
        return pounds(value, always_pence=False)
    if isinstance(value, bool):
        return "Yes" if value else "No"
    if isinstance(value, Decider | PaysBy):
        return value.words
    if isinstance(value, list):
        words = outcome_words() | {role.value: role.words for role in RoleName}
        return ", ".join(words[one] for one in value) or ("Nobody" if "roles" in field.name else "None")
    return str(value) or "Not given"
