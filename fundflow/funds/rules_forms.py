"""The form of a panel's rules: thresholds, quorum, places, and up to ten criteria.

Criteria are rows of fields numbered from 0 (`title_0`, `weight_0` …). Each carries its slug, by
which scores know it; what is new gets a slug made from its title.
"""

import re
from collections.abc import Collection, Iterable
from typing import Any

from wtforms import HiddenField

from fundflow.models.fund import Fund
from fundflow.models.panel_settings import PLAIN
from fundflow.models.person import Sector
from fundflow.names import searchable
from fundflow.web.fields import LongText, Select, Text, Tick
from fundflow.web.forms import Form
from fundflow.web.number_fields import Pounds, WholeNumber
from fundflow.web.numbers import PERCENT
from fundflow.workflow.panel_rules import SCORE_WORDS, Criterion, Rules

MOST_CRITERIA = 10
LONGEST_SLUG = 20
POINTS = ("points",)
WHOLE = 100  # what the weights add up to
ROW = ("slug", "place", "title", "weight", "guidance", "is_key", "remove")
SHOWN = ("title", "weight", "guidance", "is_key")  # of a criterion


def _whole(
    label: str, what: str, units: Iterable[str], *, least: int = 0, most: int, hint: str = ""
) -> WholeNumber:
    return WholeNumber(
        label,
        what=what,
        units=units,
        least=least,
        most=most,
        description=hint,
        missing=f"Enter {what[0].lower()}{what[1:]}",
    )


class RulesForm(Form):
    quorum_least = _whole(
        "Least number of members for a quorum",
        "The number of members",
        ("members",),
        least=1,
        most=50,
        hint="At least one must speak for schools and one for the local authority.",
    )
    quorum_percent = _whole("And at least this share of the members (%)", "The percentage", PERCENT, most=100)
    disclosed_may_vote = Tick("Members who disclosed an interest may score and vote")
    cluster_discloses = Tick(
        "A bid of a member’s own cluster is an interest to disclose",
        description="It is then shown by itself. Own school and own trust bar always.",
    )
    individual_from_pence = Pounds(
        "Each member scores bids from",
        what="The amount",
        least=0,
        missing="Enter the amount from which each member scores",
        description="For smaller bids the panel agrees one score. 0 asks each member on every bid.",
    )
    moderate_from = _whole(
        "Scores this far apart are talked over",
        "The number of points apart",
        POINTS,
        least=1,
        most=4,
        hint="Between the highest and the lowest score.",
    )
    fundable_from = _whole("A bid can be funded from (points of 100)", "The points", POINTS, most=WHOLE)
    reduce_from = _whole(
        "Fund less, or defer, from (points of 100)",
        "The points",
        POINTS,
        most=WHOLE,
        hint="Below this the scores speak against funding.",
    )
    key_least = Select(
        "Key criteria score at least",
        missing="Select a score",
        choices=[(str(score), f"{score} {words.lower()}") for score, words in SCORE_WORDS.items()],
    )
    reason = LongText(
        "Why do the rules change?",
        most=1000,
        rows=3,
        missing="Enter why the rules change, and the minute that says so",
        description="Name the minute, for example Schools Forum 12 March 2026, item 7.",
    )

    known: Collection[str] = ()  # slugs of the criteria in force
    taken: Collection[str] = ()  # slugs of every version there was

    @classmethod
    def of(cls, fund: Fund) -> "RulesForm":
        """The form with the rules in force; versions are the fund's."""
        form = cls.on(fund)
        form.known = fund.rules.slugs
        form.taken = {row["slug"] for version in fund.panel_rules for row in version.criteria}
        if not form.is_submitted():
            form._show(fund.rules)
        return form

    def _show(self, rules: Rules) -> None:
        for name in PLAIN:
            self[name].data = getattr(rules, name)
        self.key_least.data = str(rules.key_least)
        for sector in Sector:
            self[place_of(sector)].data = rules.places.get(sector.value, 0)
        for number, criterion in enumerate(rules.criteria[:MOST_CRITERIA]):
            self[f"slug_{number}"].data, self[f"place_{number}"].data = criterion.slug, number + 1
            for name in SHOWN:
                self[f"{name}_{number}"].data = getattr(criterion, name)

    # -- its rows ----------------------------------------------------------------------------------

    def row(self, number: int) -> dict[str, Any]:
        return {name: self[f"{name}_{number}"] for name in ROW}

    def is_used(self, number: int) -> bool:
        """Whether a row holds a criterion, or an attempt at one."""
        row = self.row(number)
        return any(row[name].data or row[name].errors for name in ("slug", "title", "weight", "guidance"))

    @property
    def rows(self) -> list[dict[str, Any]]:
        """Those that hold a criterion."""
        return [self.row(number) for number in range(MOST_CRITERIA) if self.is_used(number)]

    @property
    def blank_rows(self) -> list[dict[str, Any]]:
        return [self.row(number) for number in range(MOST_CRITERIA) if not self.is_used(number)]

    @property
    def kept(self) -> list[dict[str, Any]]:
        """The rows not removed, in their new order; rows without a place come last."""
        rows = [row for row in self.rows if not row["remove"].data]
        return sorted(rows, key=lambda row: row["place"].data or MOST_CRITERIA + 1)

    # -- its answers -------------------------------------------------------------------------------

    def validate(self, extra_validators: Any = None) -> bool:
        super().validate(extra_validators)
        for row in self.rows:
            if row["remove"].data:
                for field in row.values():
                    field.errors = []
        self._check_thresholds()
        for row in self.kept:
            if not row["title"].data and not row["title"].errors:
                row["title"].errors = ["Enter the criterion’s title, or remove it"]
            if row["weight"].data is None and not row["weight"].errors:
                row["weight"].errors = ["Enter the criterion’s points, from 1 to 100"]
        self._check_criteria()
        return not any(field.errors for field in self)

    def _check_thresholds(self) -> None:
        low, high = self.reduce_from.data, self.fundable_from.data
        if low is not None and high is not None and low > high:
            self.reduce_from.errors = ["This must be no more than the points from which a bid can be funded"]

    def _check_criteria(self) -> None:
        """One criterion at least, no title twice, weights that add up to 100."""
        kept = self.kept
        if not kept:
            self["title_0"].errors = ["Keep at least one criterion"]
            return
        titles: set[str] = set()
        for row in kept:
            title = searchable(row["title"].data or "")
            if title and title in titles:
                row["title"].errors = ["Another criterion has this title"]
            titles.add(title)
        weights = [row["weight"].data for row in kept]
        if None not in weights and sum(weights) != WHOLE:
            kept[0]["weight"].errors = [f"The points add up to {sum(weights)}: they must add up to {WHOLE}"]

    def rules(self) -> Rules:
        """What was entered; only for a form that is valid."""
        plain = {name: self[name].data for name in PLAIN}
        places = {sector.value: self[place_of(sector)].data or 0 for sector in Sector}
        return Rules(
            **{**plain, "key_least": int(self.key_least.data)},
            criteria=self._criteria(),
            places={sector: number for sector, number in places.items() if number},
        )

    def _criteria(self) -> tuple[Criterion, ...]:
        found: list[Criterion] = []
        for row in self.kept:
            used = {criterion.slug for criterion in found}
            slug = row["slug"].data
            if slug not in self.known or slug in used:
                slug = new_slug(row["title"].data, {*self.taken, *used})
            found.append(
                Criterion(
                    slug,
                    row["title"].data,
                    row["weight"].data,
                    row["guidance"].data or "",
                    bool(row["is_key"].data),
                )
            )
        return tuple(found)


def place_of(sector: Sector) -> str:
    """The name of the field for a sector's places."""
    return f"places_{sector.value}"


def new_slug(title: str, taken: Collection[str]) -> str:
    """A criterion's slug made from its title: up to 20 of a–z, 0–9 and _, and nobody else's."""
    plain = re.sub(r"[^a-z0-9]+", "_", searchable(title)).strip("_")[:LONGEST_SLUG].strip("_")
    base = plain if plain[:1].isalpha() else f"c_{plain}"[:LONGEST_SLUG].strip("_")
    slug, number = base, 1
    while slug in taken or hasattr(Form, slug):  # it names a field of the form for scores
        number += 1
        slug = f"{base[: LONGEST_SLUG - len(str(number)) - 1].rstrip('_')}_{number}"
    return slug


for _sector in Sector:
    setattr(
        RulesForm,
        place_of(_sector),
        WholeNumber(_sector.words, what=f"The places for {_sector.words}", units=("places",), most=20),
    )

for _n in range(MOST_CRITERIA):
    _row = {
        "slug": HiddenField(),
        "place": WholeNumber("Order", what="The order", least=1, most=MOST_CRITERIA),
        "title": Text("Title", most=80),
        "weight": WholeNumber("Points of 100", what="The points", units=POINTS, least=1, most=WHOLE),
        "guidance": LongText("Guidance (optional)", most=600, rows=2),
        "is_key": Tick("A key criterion"),
        "remove": Tick("Remove this criterion"),
    }
    for _name, _field in _row.items():
        setattr(RulesForm, f"{_name}_{_n}", _field)
