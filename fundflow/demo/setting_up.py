"""How the demonstration's council sets its fund up: school holidays, grades, rounds, patches, clusters, tiers, and
an organisation that is no school."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from sqlalchemy import func, select

from fundflow.accounts import people as accounts
from fundflow.accounts.places import SchoolPlace
from fundflow.demo import council as c
from fundflow.demo.story import AUTUMN, SPRING
from fundflow.demo.terms import holidays_around
from fundflow.demo.told import Told
from fundflow.extensions import db
from fundflow.funds.operations import grades, priorities, questions, rounds
from fundflow.funds.operations.days_off import add_days_off
from fundflow.funds.operations.funds import change_settings
from fundflow.models.area import Cluster, Patch, Tier, TierEntry
from fundflow.models.person import RoleName, Standing
from fundflow.schools.operations import areas, organisations, tiers
from fundflow.schools.operations.organisations import OrganisationType
from fundflow.workflow.working_days import london_date

GRADES = (
    ("Teacher or subject leader", 35_000),
    ("Senior leader", 45_000),
    ("Head teacher or executive head", 55_000),
)

# Patches with the role of their link officer, and clusters; schools by the last two digits.
PATCHES = (
    ("North patch", RoleName.OFFICER, "01 02 05 06 11 15 19"),
    ("Canal patch", RoleName.OFFICER, "03 07 08 10 12 13 21"),
    ("South patch", RoleName.DEPUTY_OFFICER, "04 09 14 16 17 18"),
)
CLUSTERS = (
    ("Larkfield and Hazelmere cluster", "01 05 06 12"),
    ("Upper Brackenford small schools", "09 17 18 19"),
)

# School, how many days ago, tier, why.
TIERS = (
    (
        "899002",
        400,
        Tier.SELF_IMPROVING,
        "Outcomes above the borough’s for three years; supports two schools.",
    ),
    ("899015", 395, Tier.LIGHT, "Steady. The gap for disadvantaged pupils is watched together."),
    ("899014", 310, Tier.TARGETED, "Suspensions doubled after the move to two sites."),
    (
        "899014",
        45,
        Tier.INTENSIVE,
        "Attendance fell below 70%. A support plan is agreed with the management board.",
    ),
    ("899018", 300, Tier.TARGETED, "Year 6 results fell two years running."),
    (
        "899001",
        290,
        Tier.INTENSIVE,
        "Phonics far below the borough, and two of three teachers new to the phase.",
    ),
    ("899001", 60, Tier.TARGETED, "Reading recovery works: 71% in the summer check. From four to three."),
)

ATTENDANCE = (
    "Bids that bring pupils back into school, and keep them there.\n"
    "We give weight to pupils who are looked after, at risk of exclusion, or persistently absent.\n"
    "At least one partner works with the families."
)
HEARD = "How have you heard from the pupils and families this is for?"


def settings(told: Told) -> tuple[Iterator[datetime], ...]:
    """Everything that is set up, each in its time."""
    return (
        _holidays(told),
        _grades(told),
        _organisation(told),
        _areas(told),
        _tiers(told),
        _autumn(told),
        _spring(told),
    )


def _holidays(told: Told) -> Iterator[datetime]:
    admin = told.people.staff(RoleName.ADMINISTRATOR)
    yield (now := told.at(-690))
    add_days_off(
        told.fund, holidays_around(london_date(told.now)), version=told.fund.version, user=admin, now=now
    )


def _grades(told: Told) -> Iterator[datetime]:
    admin = told.people.staff(RoleName.ADMINISTRATOR)
    yield (now := told.at(-680))
    for title, cap in GRADES:
        grades.add_grade(
            told.fund, title=title, cap_pence=cap, version=told.fund.version, user=admin, now=now
        )


# What everybody may read of the fund; identifiers that belong to nobody.
PUBLIC = {
    "purpose": "The fund pays for cover while leaders and teachers of one school support another, so that "
    "pupils are taught better and both schools learn from it.",
    "complaints": "Write to the fund’s officer first. If that does not settle it, use the council’s complaints "
    "procedure: the answer comes within 20 working days.",
    "whistleblowing": "Call the council’s whistle-blowing line on 01632 960 199, or write to the monitoring "
    "officer. You need not give your name.",
    "org_identifier": "GB-LAE-BRK",
    "grants_prefix": "brackenford",
}


def _organisation(told: Told) -> Iterator[datetime]:
    """The fund takes bids from organisations; one is added, and the head of it invited."""
    admin = told.people.staff(RoleName.ADMINISTRATOR)
    yield (now := told.at(-200))
    change_settings(
        told.fund, PUBLIC | {"allows_organisations": True}, version=told.fund.version, user=admin, now=now
    )
    added = organisations.add_organisation(
        name="Brackenford Virtual School",
        kind=OrganisationType.VIRTUAL_SCHOOL,
        la_code=c.LA_CODE,
        street="Civic Centre",
        town="Brackenford",
        postcode="BF1 1AA",
        user=admin,
        now=now,
    )
    name = c.LATER_HEADS[added.urn]
    told.people.schools[added.urn] = added
    told.people.users[name] = accounts.invite(
        email=c.address_of(name),
        name=name,
        job_title="Virtual school head",
        place=SchoolPlace(added, Standing.LEADER, london_date(now)),
        by=admin,
        now=now,
    )


def _areas(told: Told) -> Iterator[datetime]:
    officer = told.people.staff(RoleName.OFFICER)
    yield (now := told.at(-600))
    for name, role, schools in PATCHES:
        link = told.people.staff(role).id
        patch = areas.add_area(Patch, name=name, officer_id=link, user=officer, now=now)
        areas.choose_schools(patch, _ids(told, schools), version=patch.version, user=officer, now=now)
    yield (now := told.at(-410))
    for name, schools in CLUSTERS:
        cluster = areas.add_area(Cluster, name=name, user=officer, now=now)
        areas.choose_schools(cluster, _ids(told, schools), version=cluster.version, user=officer, now=now)


def _ids(told: Told, schools: str) -> list[int]:
    return [told.people.school(f"8990{digits}").id for digits in schools.split()]


def _tiers(told: Told) -> Iterator[datetime]:
    officer = told.people.staff(RoleName.OFFICER)
    for urn, days, tier, reason in sorted(TIERS, key=lambda row: -row[1]):
        yield (now := told.at(-days))
        school = told.people.school(urn)
        latest = db.session.scalar(select(func.max(TierEntry.id)).where(TierEntry.school_id == school.id))
        tiers.record_tier(
            school,
            tier=tier,
            reason=reason,
            from_on=london_date(now),
            latest=latest or 0,
            user=officer,
            now=now,
        )


def _autumn(told: Told) -> Iterator[datetime]:
    """A round that has closed."""
    yield from _round(
        told,
        AUTUMN,
        -74,
        opens=told.at(-60, 9),
        closes=told.at(-9, 17),
        criteria=c.CRITERIA,
        guidance="For work that begins in the spring term.",
        offered=c.PRIORITIES,
    )


def _spring(told: Told) -> Iterator[datetime]:
    """A round that is open, with criteria and a question of its own."""
    yield from _round(
        told,
        SPRING,
        -16,
        opens=told.at(-14, 9),
        closes=told.at(21, 17),
        criteria=ATTENDANCE,
        guidance="One round, with money set aside by the schools forum. The panel decides in the new year.",
        offered=("Attendance", "Belonging and mental health", "Looked-after children"),
    )
    admin, round_ = told.people.staff(RoleName.ADMINISTRATOR), told.rounds[SPRING]
    yield (now := told.at(-16) + timedelta(minutes=20))
    questions.add_question(
        round_,
        text=HEARD,
        hint="For example a pupil council, a survey, or visits. No names, please.",
        most=1000,
        required=True,
        full_only=False,
        version=told.fund.version,
        user=admin,
        now=now,
    )


def _round(
    told: Told,
    name: str,
    days: int,
    *,
    opens: datetime,
    closes: datetime,
    criteria: str,
    guidance: str,
    offered: tuple[str, ...],
) -> Iterator[datetime]:
    fund, admin = told.fund, told.people.staff(RoleName.ADMINISTRATOR)
    yield (now := told.at(days))
    made = rounds.add_round(
        fund,
        name=name,
        opens_at=opens,
        closes_at=closes,
        guidance=guidance,
        criteria=criteria,
        version=fund.version,
        user=admin,
        now=now,
    )
    for title in offered:
        priorities.add_priority(made, title=title, version=fund.version, user=admin, now=now)
    rounds.publish_round(made, version=fund.version, user=admin, now=now)
    told.rounds[name] = made
