"""What the question whether being named is an interest waits for."""

from fundflow.models.named_person import NamedPerson
from fundflow.rules.interests.bars import bar_of
from fundflow.workflow.engine import Ask, guard
from fundflow.workflow.interests import bar_to_you


@guard
def named_oneself(named: NamedPerson, ask: Ask) -> str | None:
    return "This is about you, so a colleague settles it." if ask.user is named.user else None


@guard
def barred_from_naming(named: NamedPerson, ask: Ask) -> str | None:
    bar = bar_of(named.bid, ask.user, ask.now) if ask.user else None
    return f"You can’t settle this: {bar_to_you(bar)}. Ask a colleague." if bar else None


@guard
def no_longer_before_panel(named: NamedPerson, _ask: Ask) -> str | None:
    return None if named.is_before_decision else "The bid is no longer before the panel or its officer."
