"""A panel's rules in words, and what changed from one version to the next."""

from collections.abc import Iterator

from fundflow.models.money import pounds
from fundflow.models.person import Sector
from fundflow.workflow.panel_rules import SCORE_WORDS, Criterion, Rules

Line = tuple[str, str]  # a rule, and what it says


def in_words(rules: Rules) -> list[tuple[str, list[Line]]]:
    """The rules but the criteria, as labels and values, group by group."""
    return [
        ("Who decides together", _sitting(rules)),
        ("Scores", _scores(rules)),
        ("Places on the panel", _places(rules)),
    ]


def _sitting(rules: Rules) -> list[Line]:
    return [
        ("Least number of members for a quorum", str(rules.quorum_least)),
        ("And at least this share of the members", f"{rules.quorum_percent}%"),
        ("Members who disclosed an interest may score and vote", _yes(rules.disclosed_may_vote)),
        ("A bid of a member’s own cluster is an interest to disclose", _yes(rules.cluster_discloses)),
    ]


def _scores(rules: Rules) -> list[Line]:
    return [
        ("Each member scores bids from", _amount(rules.individual_from_pence)),
        ("Scores this far apart are talked over", f"{rules.moderate_from} or more"),
        ("A bid can be funded from", f"{rules.fundable_from} points of 100"),
        ("Fund less, or defer, from", f"{rules.reduce_from} points of 100"),
        ("Key criteria score at least", score_words(rules.key_least)),
    ]


def _places(rules: Rules) -> list[Line]:
    return [
        (sector.words, str(rules.places[sector.value])) for sector in Sector if rules.places.get(sector.value)
    ]


def score_words(score: int) -> str:
    """“2, acceptable”."""
    return f"{score}, {SCORE_WORDS[score].lower()}"


def _yes(said: bool) -> str:
    return "Yes" if said else "No"


def _amount(pence: int) -> str:
    return pounds(pence, always_pence=False) if pence else "£0: every bid"


# -- what changed ---------------------------------------------------------------------------------


def changes(before: Rules, after: Rules) -> list[str]:
    """What differs between two versions, each as a sentence; empty where nothing does."""
    return [
        *_changed_lines(before, after),
        *_changed_places(before, after),
        *_changed_criteria(before, after),
    ]


def _changed_lines(before: Rules, after: Rules) -> Iterator[str]:
    pairs = zip([*_sitting(before), *_scores(before)], [*_sitting(after), *_scores(after)], strict=True)
    for (label, was), (_, now) in pairs:
        if was != now:
            yield f"{label}: {now} (it was {was})."


def _changed_places(before: Rules, after: Rules) -> Iterator[str]:
    for sector in Sector:
        was, now = before.places.get(sector.value, 0), after.places.get(sector.value, 0)
        if was != now:
            yield f"Places for {sector.words}: {now} (there were {was})."


def _changed_criteria(before: Rules, after: Rules) -> Iterator[str]:
    known = {criterion.slug: criterion for criterion in before.criteria}
    for criterion in after.criteria:
        if criterion.slug in known:
            yield from _changed_criterion(known[criterion.slug], criterion)
        else:
            key = ", a key criterion" if criterion.is_key else ""
            yield f"“{criterion.title}” was added, with {_points(criterion)}{key}."
    for criterion in before.criteria:
        if criterion.slug not in after.slugs:
            yield f"“{criterion.title}” ({_points(criterion)}) was removed."
    if _shared(before, after) != _shared(after, before):
        yield f"The criteria’s order is now: {', '.join(c.title for c in after.criteria)}."


def _shared(rules: Rules, other: Rules) -> list[str]:
    """The criteria both have, in the order of the first."""
    return [slug for slug in rules.slugs if slug in other.slugs]


def _changed_criterion(was: Criterion, now: Criterion) -> Iterator[str]:
    if was.title != now.title:
        yield f"“{was.title}” is now called “{now.title}”."
    if was.weight != now.weight:
        yield f"“{now.title}” has {_points(now)} (it had {was.weight})."
    if was.is_key != now.is_key:
        yield f"“{now.title}” is {'now' if now.is_key else 'no longer'} a key criterion."
    if was.guidance != now.guidance:
        yield (
            f"The guidance on “{now.title}” is now “{now.guidance}”."
            if now.guidance
            else (f"The guidance on “{now.title}” was removed.")
        )


def _points(criterion: Criterion) -> str:
    return "1 point" if criterion.weight == 1 else f"{criterion.weight} points"
