"""Which tests run when: `--tier=quick` (`make test`), `--tier=rest` (`make test-rest`), or all of them.

Quick leaves out the tests marked `thorough`; rest is what quick leaves out. Property tests and races (marked
`rounds`) are in both: few examples and rounds in quick, many in rest. On PostgreSQL both keep to what the
database can change, and to each page and operation once; `make test-postgresql-all` runs everything there.
"""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

TIERS = ("quick", "rest", "all")

# What the database can change: locks, constraints, triggers, bad values.
# These run on PostgreSQL too, and tests marked `both_databases`; those marked `postgresql_first` run
# there in the quick tier, and on SQLite in the rest.
BOTH_DATABASES = (
    "accounts/test_at_the_same_moment.py",
    "checking/",
    "concurrency/",
    "letters/test_delivery.py",
    "letters/test_digest.py",
    "letters/test_troubles.py",
    "letters/test_workers.py",
    "panel/test_at_once.py",
    "payments/test_payee_rules.py",
    "payments/test_racing_claims.py",
    "pdfs/test_drawing.py",
    "review/test_parallel.py",
    "schools/test_importing_at_once.py",
    "schools/test_passing_at_once.py",
    "test_bad_requests.py",
    "test_balances.py",
    "test_database.py",
    "test_history.py",
    "test_ledger.py",
    "test_ledger_walk.py",
    "test_migrations.py",
    "web/test_health.py",
)

# Searching, sorting and streaming, what pages ask and tell, and whom they let: on PostgreSQL in the rest.
LISTS = (
    "brokering/test_directory.py",
    "desk/test_caseload.py",
    "desk/test_caseload_order.py",
    "desk/test_exports.py",
    "panel/test_ranking.py",
    "payments/test_money_desk.py",
    "payments/test_statements.py",
    "reports/test_register.py",
    "schools/test_cli.py",
    "schools/test_school_queries.py",
    "security/test_attempts_to_look.py",
    "security/test_two_people.py",
    "test_budgets.py",
    "test_scans.py",
)

# Rooms in which the database changes little: on PostgreSQL in the rest, but for the tests marked
# `both_databases` one by one, which together do each of their operations once.
ROOMS = (
    "openings/test_corrections.py",
    "openings/test_openings.py",
    "payments/test_blocks.py",
    "payments/test_change_answers.py",
    "payments/test_change_parts.py",
    "payments/test_change_shares.py",
    "payments/test_changes.py",
    "payments/test_invoices.py",
    "payments/test_lapsing.py",
    "payments/test_money_not_back.py",
    "payments/test_more_money.py",
    "payments/test_year_end.py",
)

# PostgreSQL is the judge of locks; SQLite, where writers wait in line, is asked in the rest.
LOCKS = (
    "accounts/test_at_the_same_moment.py",
    "concurrency/",
    "panel/test_at_once.py",
    "payments/test_racing_claims.py",
    "review/test_parallel.py",
    "schools/test_importing_at_once.py",
    "schools/test_passing_at_once.py",
)
STORM = "concurrency/test_storm.py"  # in quick on both

# What a test asks for that reaches a database; one that asks for none of these runs on SQLite alone.
REACH_A_DATABASE = frozenset({"app", "real_app", "new_database", "template_url", "session", "client", "make"})

TESTS = Path(__file__).parent


def runs(item: pytest.Item, *, database: str, tier: str) -> bool:
    """Whether a test runs on this database in this tier."""
    if database == "postgresql" and not reaches_a_database(item):
        return False
    if tier == "all":
        return True
    if database == "postgresql" and not is_for_both(item):
        return False
    waits = waits_on_postgresql(item) if database == "postgresql" else waits_on_sqlite(item)
    quick = not waits and not is_marked(item, "thorough")
    return quick if tier == "quick" else not quick or is_marked(item, "hypothesis", "rounds")


def reaches_a_database(item: pytest.Item) -> bool:
    """Whether the database has a part in it: neither a pure test nor one marked `one_database`."""
    asks_for = set(getattr(item, "fixturenames", ()))
    return bool(REACH_A_DATABASE & asks_for) and not is_marked(item, "one_database")


def is_for_both(item: pytest.Item) -> bool:
    listed = path_of(item).startswith(BOTH_DATABASES + LISTS + ROOMS)
    return listed or is_marked(item, "both_databases", "postgresql_first")


def waits_on_postgresql(item: pytest.Item) -> bool:
    """Whether PostgreSQL is asked in the rest alone."""
    where = path_of(item)
    return where.startswith(LISTS) or (where.startswith(ROOMS) and not is_marked(item, "both_databases"))


def waits_on_sqlite(item: pytest.Item) -> bool:
    """Whether PostgreSQL alone is asked in the quick tier."""
    is_race = path_of(item).startswith(LOCKS) and path_of(item) != STORM
    return is_race or is_marked(item, "postgresql_first")


def path_of(item: pytest.Item) -> str:
    return item.path.relative_to(TESTS).as_posix()


def is_marked(item: pytest.Item, *names: str) -> bool:
    return any(item.get_closest_marker(name) for name in names)


def rounds(every: int, few: int = 2) -> int:
    """How often a test marked `rounds` runs its race: few times in quick, else `every` one."""
    return few if settings.get_current_profile_name() == "quick" else every


def load_examples(tier: str) -> None:
    """How many examples property tests try; none has a deadline, for the machine may be busy."""
    free = {"deadline": None, "suppress_health_check": list(HealthCheck)}
    settings.register_profile("quick", max_examples=10, stateful_step_count=20, **free)
    settings.register_profile("rest", max_examples=30, stateful_step_count=30, **free)
    settings.load_profile("quick" if tier == "quick" else "rest")
