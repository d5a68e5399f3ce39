"""Migrations make the tables the models describe, from empty and back; what landed is never edited."""

import ast
import hashlib
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask_migrate import check, downgrade, upgrade
from sqlalchemy import CheckConstraint, create_engine, func, inspect, select, text
from sqlalchemy.pool import NullPool

from fundflow import create_app, database
from fundflow.extensions import Base, db
from fundflow.models.bid import Bid
from fundflow.models.bid_words import BidWord, words_of
from fundflow.models.decision import Decision
from fundflow.models.impact import ImpactReturn, Rag
from fundflow.models.impact_results import Actual, Rating
from fundflow.models.payment_block import BlockKind, PaymentBlock
from tests.conftest import settings_for

ROOT = Path(__file__).parents[1]
VERSIONS = ROOT / "migrations/versions"
BASELINE = "0100"
# SHA-256 of every migration that landed, and of what they call. To put one right, write the next.
LANDED = {
    "schema.py": "fe806a3dfe23719d44afce0aa2bd36c629e78c9fe94c7fe0bb3427f5e1c897be",
    "0100_the_baseline.py": "8d6bac2153c97adc388539ae61aa46db9ebc992855880da6c676e17cc2138b2a",
    "0101_indexes_of_what_waits.py": "7b1c090bab1187460ca554fda7e87af9cca739e3a6c2cd65b901ca240260f0d7",
    "0102_pdfs_made_by_the_worker.py": "76c4296393c5c610cd9d5b93819a96654a5bca9cd10a35762b60912863c46978",
    "0103_awards_as_budgets.py": "d28e918bd7b72505e7e7249e013d4c31a8909ac309c5b236dec764ce5047aaf3",
    "0104_running_balances.py": "1d92597f29fb28a44a2c69bc858925c86ad1882cc9bc3019f53920d1d15d6abf",
    "0105_revised_plans.py": "ab9569d9a5e12a673047d1dbbfe72c75e16ea1f92540c678b1935f2fdc74966b",
    "0106_items_and_awards_by_date.py": "edede111b3a956839ba1e896932189f78ac4fa255c8aa0cdd5774726685d7f91",
    "0107_who_is_paid_confirmed_by_two.py": "5a1f8639d6d7008627a798b8c3f69402b2867cc26ef48858eaedb03e4545e3cc",  # noqa: E501 (its name is long)
    "0108_the_log_of_days.py": "97d79af4ac5ea03cfc5e53110208e6a3c3dc640dc6bb54a2e6c98172e9b5a7c4",
    "0109_what_comes_back.py": "dff55c9161299d7e79b4b624e44a6ad2eee30030725b6acdc5c12e49ac1510e2",
    "0110_other_costs_with_a_receipt.py": "7c063eabbeca6b5912fb65586df3836de642a7d1b1be9723d52c04994bb0d66c",
    "0111_blocks_of_payments.py": "f6223e7bb6e0cb5390097e45da643b01a2a6a9726c4d0150e3630686229379fb",
    "0112_indexes_of_what_still_waits.py": "5bd64cc4d4afa0b01e97b296023187401f061922f2beefa31abd6ee768469eec",
    "0113_changes_of_an_award.py": "162e73c713cf32b0bf4fd1fd8eadfbe583dba16fdb829f1f031da4c970422b3a",
    "0114_recoveries_to_come.py": "41050bcfadc95113c717e85d2f9c55b2f51da274d52c28799a8c33418a1bd9f5",
    "0115_payment_runs.py": "5d9942e237afae74336552dd8ae9265181a7c47a389ad3aff994ce056cc19818",
    "0116_money_taken_off_a_payment_that_did_not_stand.py": (
        "9a95a94bfcb4c07dddff4db41f403762d0e49ef27e6583c92e737f2ecdd2d72e"
    ),
    "0117_awards_already_running.py": "afdea9490f1489560822d05fc01325dffb956c649e331cdf0962c5e321c1bfd5",
    "0118_more_money_through_the_panel.py": (
        "402980bfa34b611a1c1bf18186373eccb59e950c9054333b9cb380660d745e39"
    ),
    "0119_awards_move_between_lines.py": "511790342924f4ea3dc449b1e82dccb3f6dce8c4c2a44deacd2924459e87e424",
    "0120_orders_invoices_and_vat.py": "fa536882b25e930455489cb39f616e184d722e72c3b1f2682b0cb5e93e566e75",
    "0121_lines_outcomes_and_partners_of_a_change.py": (
        "764d851cdc365b69a6a2eb50efbfdf632e20b78688a843fc311b5a3488548a85"
    ),
    "0122_a_decision_about_more_money_taken_back.py": (
        "d29507ca10f0b54b73466f7e29d6d724893f56c3a41df9ce74d14d88a13932e8"
    ),
    "0123_earned_before_put_right.py": "5bd5e04300e8565c9b2ad589832508671f0789d72a3d79f17f1bbe2cd9b7ec3f",
    "0124_reports_at_half_time_and_a_year_later.py": (
        "3ba5663c3fdeb220517a790b767b1e48b1afecb4eb57d8eb1775391f9c572854"
    ),
    "0125_late_reports_let_pass_or_held_for.py": (
        "29a1847efc28df937b376c9c6ace205814344c4270a386c58eefb6db3b26fb6e"
    ),
    "0126_ratings_and_follow_up_actions.py": (
        "f9cf38819ab8f9e0e92d0139ae14ecba2841e0436226d77427280f3f42a2f5d7"
    ),
    "0127_measures_gaps_and_feedback.py": "d1310e9977dfabb71218e42e13f2376330339c7ac1a70ac53244381379692a1b",
    "0128_visits.py": "6869655570d947b33baaa7dd43b0dd69bfc080619732fca696c42b0012248366",
    "0129_indexes_for_my_work.py": "e3a8b5644193fcce4c7d1e9dcb84676572c5352f92495127ffb47e387a6f5cf5",
    "0131_what_a_report_keeps.py": "b9ca31e2bf043b6def33b4d1145414e3b8129ba80d7d7b88b6558a93c8ee5387",
    "0133_inspections_of_schools.py": "42f2d8f01cefc282d35c69a1d02199da5dfd5886918382359c788f1e8821474b",
    "0134_targets_of_schools.py": "98efd21fd3614953b7d130678d8319f60ce971e88e79c85b8ab97cdd47c24d4a",
    "0135_late_reports_by_kind.py": "f0d5516f8ff9293cf5786916e0531d1c61e2a1dc0868935b76114edd7bd93e77",
    "0136_the_words_bids_are_found_by.py": "f5b5911a7512d99fce9bd228332325efc3232d624029e1bdaa76f186b9cfbd04",
    "0137_sent_reports_kept.py": "7310c8232ae4f9993b1d6077b66e16ebdcb8d7555a36f4cb0f8398a1e9e98788",
    "0139_what_the_public_reads.py": "0cb924884ae70ca96f4c6325e4cb3aa7b72c80cf44990b86fe5adb8b94f771e5",
    "0141_papers_for_the_board.py": "66a6e9fc9101de5f99ee8611e1d0e7d683b6ba750136ae95cf52f0ddc555cb73",
    "0143_case_studies.py": "3dce6d0e2bd554db5060d0b903151f5d1753e0b690a304fc3718bfd57a3346a8",
    "0144_titles_for_the_public.py": "d747e674324da106e12a77737223870410103bf7dfc07c1c7498f5404bf89026",
    "0145_interests_counted_at_decisions.py": (
        "7de4e3a774df58348f7aa7d2c90a59ee2d26ad4da3d09b7d434704813fcc6e6c"
    ),
    "0146_recommendations_handed_over.py": "76a62ccc3ef6b952414c52ee2da83b79af4c512521cf3a3d6c93e1a7212e7323",
    "0147_rounds_begin_as_drafts.py": "9f7bf2cb3d6d32d2e109213c9b51ac478b20e759f927532ec243e98c132332a2",
    "0148_replies_and_former_employers.py": (
        "1ddd1108ed737686abe520b152d1e3cd52439b65cbb9c37670d9ab0fc736f49e"
    ),
    "0149_what_is_found_by_night.py": "4886cd419c9cbb880be14dfe86a61c334ce772f3827d605272993ff90153e76b",
    "0150_the_chain.py": "7620177fe094e79b1911133fce46d37ea5432577a9d99f3bc6413df6d34da5d7",
    "0151_copies_of_peoples_data.py": "b58b7b7dfe747b95eea9ab529aac2acb753452e38ba714389212886e7c28e554",
    "0152_how_long_bids_are_kept.py": "2c111a9dee57065a04bac74c7982754a50f10df4e9b806e875f4d0ef683810aa",
    "0153_sign_in_of_the_council.py": "b0b42741a94bb006b4adfabac38d1b623ddad1cdf36355ad9acb00a3e5ede01d",
    "0154_seals_in_minutes_and_runs.py": "a2cc0e899644ac54ffb66571a753aff0a6adc41b882c241083cfb562a65f1150",
    "0155_who_looked_at_people.py": "777e679fe834b0161d87bc5b8dd49bc878c07a78de2fddee8438d488f05d67ac",
    "0156_personal_data_is_removed.py": "f580c6047c429f835f22dbdfcccde350ae27b20f231ff2cda2380ca4e72e5b29",
    "0157_data_whose_use_is_restricted.py": (
        "e9d6566d50c1152732e5e40903d392662c1b6aafe17f7c7094c781cc94efd0ca"
    ),
    "0159_words_of_letters.py": "7540f254162b5277cc88d695bebc4db9d229b28bec6306c82c269c8ac671cacc",
    "0161_bids_in_the_order_of_a_school.py": (
        "0f7e00f4f5b7d57050c089d7d52ad574cec2f6d297d78177b2d0192012d711f8"
    ),
    "0162_a_code_before_connecting.py": "bb3dfe2ae9cd6e70dd7774ace905e0edf7c570057c42907fca2ca3d139edef16",
    "0164_the_councils_brand.py": "0286e8cc43d3c29b94962ec162d256441a8a1e1c244d9f83c107f602ba84a5e5",
    "0167_modules.py": "86c12799ad8f5f956f7d0e790038ccc66bad378563aed2d94619880289caf2e7",
    "0168_services.py": "66dfe694b628f82aa4f808d650b9dec4b44990f7c67f62be313bcb2a74d0347f",
    "0169_advisers.py": "3b7e71d667c98fefbede30ffd619f7eeeeda4e5df11cdca417dfbe9f43e38465",
    "0170_support_checks.py": "640948a36661b8b1a13a9f42e4fd50ee93c5775605b340fc0b413ed4ff57151e",
    "0171_surveys.py": "80578b8a91e3c1c2e55f986f1ef3a2e2641b504618a2ef6afbabed45d58c3f8b",
    "0172_caseloads.py": "528c9c454ce0dae6beff492fc22ad8af215269a425d43450b0a0037a702acd7e",
    "0173_need.py": "fe6a68cb85cd7a60ebc8f8d3d41a514a28c52d6e0e47c25825988d06541ab75b",
    "0174_sharing.py": "7da0487cdda3dfdd7de19928733a062fb420941b734fcae60ad8caa34be6f890",
    "0175_consents_waited_for.py": "4df62715a399199c9c370689f2153c4a850df1f2c1918f9e9e0d61bb95344d58",
}
BECAME = {"claim_day": "worked_day"}  # tables that are gone, and where their rows went
HELD = Path(__file__).with_name("baseline.sql")  # rows in every table of the baseline, in every state


# What a release that is running would miss: it goes a release later (docs/UPGRADING.md).
TAKES_AWAY = ("drop_column", "drop_table", "rename_table")
EXPANDS_FROM = "0154"  # nobody ran what was there before


def test_a_migration_takes_nothing_away_that_the_release_before_it_reads() -> None:
    for path in sorted(VERSIONS.glob("*.py")):
        if path.name >= EXPANDS_FROM:
            assert what_it_takes_away(path.read_text()) == [], f"{path.name}: let it go a release later"


def what_it_takes_away(source: str) -> list[str]:
    """The operations of an upgrade that break the release before; those of a contraction are excused."""
    tree = ast.parse(source)
    if "CONTRACTS = " in source:  # names the release since which nothing reads it
        return []
    (up,) = [node for node in tree.body if isinstance(node, ast.FunctionDef) and node.name == "upgrade"]
    calls = [node for node in ast.walk(up) if isinstance(node, ast.Call)]
    named = [(call.func.attr, call) for call in calls if isinstance(call.func, ast.Attribute)]
    return [
        name
        for name, call in named
        if name in TAKES_AWAY
        or (name == "alter_column" and {"new_column_name", "nullable"} & {k.arg for k in call.keywords})
    ]


@pytest.mark.parametrize(
    ("line", "found"),
    [
        ('op.drop_column("bid", "title")', ["drop_column"]),
        ('op.alter_column("bid", "title", new_column_name="name")', ["alter_column"]),
        ('op.add_column("bid", column)', []),
    ],
)
def test_what_a_migration_takes_away_is_seen(line: str, found: list[str]) -> None:
    assert what_it_takes_away(f"def upgrade():\n    {line}\n") == found


@pytest.fixture
def empty_app(new_database: Callable[[str | None], str]) -> Iterator[Flask]:
    app = create_app(settings_for(new_database(None)))
    with app.app_context():
        yield app
        db.session.remove()
        db.engine.dispose()


def test_the_newest_migration_makes_what_the_models_say_and_can_be_undone(empty_app: Flask) -> None:
    upgrade()
    downgrade(revision="-1")
    upgrade()
    try:
        check()
    except SystemExit:
        pytest.fail('The models say what no migration makes: run `make migration name="…"`')
    tables = set(inspect(db.engine).get_table_names())
    assert tables - {"alembic_version"} == set(db.metadata.tables)
    checks = {  # which Alembic does not compare; an enum's is named for its class
        table.name: {rule.name for rule in table.constraints if isinstance(rule, CheckConstraint)}
        for table in db.metadata.sorted_tables
    }
    found = inspect(db.engine)
    assert {name: {c["name"] for c in found.get_check_constraints(name)} for name in checks} == checks


@pytest.mark.thorough
def test_every_migration_can_be_undone(empty_app: Flask) -> None:
    upgrade()
    downgrade(revision="base")
    assert inspect(db.engine).get_table_names() == ["alembic_version"]
    upgrade()


def test_a_migration_that_landed_is_never_edited() -> None:
    files = [*VERSIONS.glob("*.py"), ROOT / "fundflow/migrating/schema.py"]
    held = {file.name: hashlib.sha256(file.read_bytes()).hexdigest() for file in files}
    assert {name: held.get(name) for name in LANDED} == LANDED


def test_only_the_newest_migration_may_not_have_landed() -> None:
    every = sorted(file.name for file in VERSIONS.glob("*.py"))
    assert [name for name in every[:-1] if name not in LANDED] == [], "add its SHA-256 to LANDED"


def test_a_full_database_of_the_baseline_is_carried_to_the_newest_release(empty_app: Flask) -> None:
    upgrade(revision=BASELINE)
    rows, names = HELD.read_text().splitlines(), tables()
    with db.engine.begin() as connection:
        for row in rows:
            connection.execute(text(row.replace(":", r"\:")))
        before = {name: connection.scalar(text(f'SELECT count(*) FROM "{name}"')) for name in names}
    assert sum(before.values()) == len(rows)

    upgrade()

    after = {
        name: db.session.scalar(text(f'SELECT count(*) FROM "{BECAME.get(name, name)}"')) for name in before
    }
    assert after == before
    for mapper in Base.registry.mappers:  # each row is what its model expects
        found = db.session.scalars(select(mapper.class_)).unique().all()
        assert len(found) == db.session.scalar(select(func.count()).select_from(mapper.local_table))


def test_a_migration_gives_up_where_somebody_holds_a_table(
    empty_app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    if db.engine.dialect.name == "sqlite":
        pytest.skip("one writer at a time")
    upgrade(revision="0151")
    monkeypatch.setattr(database, "MIGRATING_PATIENCE", 100)
    apart = create_engine(db.engine.url, poolclass=NullPool)  # the command gives up the pool of ours
    with apart.connect() as other:
        other.execute(text("SELECT count(*) FROM fund"))  # a backup that reads
        other.execute(text("SELECT count(*) FROM bid"))
        result = empty_app.test_cli_runner().invoke(args=["db", "upgrade"])
    assert result.exit_code == 1
    assert "Something else held a table of the database, so nothing was changed." in result.output
    assert db.session.scalar(text("SELECT version_num FROM alembic_version")) == "0151"
    db.session.remove()
    assert empty_app.test_cli_runner().invoke(args=["db", "upgrade"]).exit_code == 0


HAPPENED = """INSERT INTO history_entry
  (id, process, record_id, bid_id, step, from_state, to_state, user_id, at, internal, facts, words_hash)
SELECT {id}, 'application', id, id, '{step}', '', '', created_by_id, '2026-11-01 10:00:00', {no}, '{{}}', ''
FROM bid WHERE state = '{state}'"""
SAID = """INSERT INTO history_words (entry_id, salt, label, actor_name, actor_role, reason, given)
VALUES ({id}, '', 'Paused', 'Priya', '', '{why}', '{{}}')"""
PAUSES = [
    (1001, "suspend", "suspended", "On leave"),
    (1002, "suspend", "closed", "A doubt"),
    (1003, "resume", "closed", ""),
    (1004, "suspend", "terminated", "No report"),
    (1005, "terminate", "terminated", "It never came"),
]


def test_a_pause_becomes_a_block_which_is_lifted_where_it_ended(empty_app: Flask) -> None:
    upgrade(revision=BASELINE)
    no = 0 if db.engine.dialect.name == "sqlite" else "false"
    rows = HELD.read_text().splitlines()
    for number, step, state, why in PAUSES:
        rows.append(HAPPENED.format(id=number, step=step, state=state, no=no))
        rows += [SAID.format(id=number, why=why)] if why else []
    with db.engine.begin() as connection:
        for row in rows:
            connection.execute(text(row.replace(":", r"\:")))
    upgrade()
    blocks = db.session.scalars(select(PaymentBlock).order_by(PaymentBlock.id)).all()
    assert [(b.bid.state.value, b.state.value, b.reason, b.lift_reason) for b in blocks] == [
        ("suspended", "standing", "On leave", ""),
        ("closed", "lifted", "A doubt", "Payments resumed."),
        ("terminated", "lifted", "No report", "It never came"),
    ]
    assert {block.kind for block in blocks} == {BlockKind.PAUSED}


def test_the_rating_of_an_accepted_report_is_its_first_version(empty_app: Flask) -> None:
    upgrade(revision=BASELINE)
    with db.engine.begin() as connection:
        for row in HELD.read_text().splitlines():
            connection.execute(text(row.replace(":", r"\:")))
        connection.execute(text("UPDATE bid SET state = 'in_monitoring' WHERE id = 5"))
    upgrade()
    found = db.session.scalars(select(Rating)).one()
    assert (found.report_id, found.number, found.rag, found.worked_out) == (5, 1, Rag.AMBER, None)
    assert (found.reason, found.given_by_id) == ("rag_reason 5", 2)
    wanted = select(ImpactReturn.id).where(ImpactReturn.wants_follow_up)
    assert db.session.scalars(wanted).all() == [5]


AT, NO = "2026-11-02 10:00:00", False
CHANGE = dict.fromkeys(("by_council", "unwanted", "for_decider", "more"), NO)
CHANGE |= dict.fromkeys(("asked_at", "waits_since"), AT) | {"outcomes": "Less", "why": "Illness"}
CHANGE |= dict.fromkeys(("bid_id", "version", "award_id", "pence", "asked_by_id"), 1)
CHANGE |= {"advice": "", "answer": "No"}
CHANGED = {"dropped": NO, "measure": "m", "unit": "u", "group": "all", "method": "m", "baseline": 10}
CHANGED |= {"baseline_on": "2026-09-01", "target": 90, "target_on": "2027-07-01"}
CHANGED |= {"old_target": 50, "old_target_on": "2027-05-01"}


def put(cursor: Any, table: str, row: dict[str, Any]) -> None:
    """Insert a row by a bare cursor."""
    mark = "?" if db.engine.dialect.name == "sqlite" else "%s"
    names, marks = ", ".join(f'"{name}"' for name in row), ", ".join(mark for _ in row)
    cursor.execute(f"INSERT INTO {table} ({names}) VALUES ({marks})", tuple(row.values()))


def test_a_result_keeps_the_target_that_its_report_was_sent_against(empty_app: Flask) -> None:
    upgrade(revision=BASELINE)
    with db.engine.begin() as connection:
        for row in HELD.read_text().splitlines():
            connection.execute(text(row.replace(":", r"\:")))
    upgrade(revision="0128")
    sent = "state = 'accepted', rag = 'green', submitted_at = '2026-11-10 10:00:00'"
    with db.engine.begin() as connection:
        connection.execute(text(f"UPDATE impact_return SET {sent} WHERE id IN (1, 2)"))
        connection.execute(text("UPDATE outcome SET baseline = 10, target = 90, target_on = '2027-07-01'"))
    sqlite = db.engine.dialect.name == "sqlite"
    raw = db.engine.raw_connection()
    cursor = raw.cursor()  # the changes' rows alone, without those that they name
    cursor.execute("PRAGMA foreign_keys=OFF" if sqlite else "SET session_replication_role = replica")
    for number, state, day in ((1, "agreed", "12"), (2, "refused", "12"), (3, "agreed", "09")):
        made = 1 if state == "agreed" else None
        facts = CHANGE | {"id": number, "number": number, "state": state, "made_id": made}
        put(cursor, "change_request", facts | {"decided_at": f"2026-11-{day} 10:00:00"})
        facts = CHANGED | {"id": number, "change_id": number, "outcome_id": 1 if number == 1 else 2}
        put(cursor, "change_outcome", facts)
    raw.commit()
    raw.close()
    db.engine.dispose()
    upgrade()
    kept = {one.id: one for one in db.session.scalars(select(Actual))}
    assert [kept[1].baseline, kept[1].target, str(kept[1].target_on)] == [10, 50, "2027-05-01"]
    assert [kept[2].target, str(kept[2].target_on)] == [90, "2027-07-01"]  # refused, or agreed before
    assert {one.target for one in kept.values() if not one.report.submitted_at} <= {None, 90}


def test_bids_are_found_by_their_words_after_the_upgrade(empty_app: Flask) -> None:
    upgrade(revision=BASELINE)
    with db.engine.begin() as connection:
        for row in HELD.read_text().splitlines():
            connection.execute(text(row.replace(":", r"\:")))
    upgrade()
    bids = [tuple(row) for row in db.session.execute(select(Bid.id, Bid.search_text))]
    words = [(row["bid_id"], row["word"]) for row in words_of(bids)]
    kept = select(BidWord.bid_id, BidWord.word).order_by(BidWord.bid_id, BidWord.word)
    assert [tuple(row) for row in db.session.execute(kept)] == sorted(words)


def test_interests_at_a_decision_are_counted_after_the_upgrade(empty_app: Flask) -> None:
    upgrade(revision=BASELINE)
    with db.engine.begin() as connection:
        for row in HELD.read_text().splitlines():
            connection.execute(text(row.replace(":", r"\:")))
    upgrade(revision="0141")
    names = ("barred", "disclosed", "vote", "voided")
    members = [
        dict(zip(names, values, strict=True))
        for values in (({"kind": "school"}, [], None, ""), (None, [{}], None, ""), (None, [{}], "fund", ""))
    ]
    with db.engine.begin() as connection:
        first, *_ = connection.scalars(text("SELECT id FROM decision ORDER BY id")).all()
        connection.execute(
            text("UPDATE decision SET sitting = :sitting WHERE id = :id"),
            {"sitting": json.dumps({"members": members}), "id": first},
        )
    upgrade()
    found = db.session.get_one(Decision, first)
    assert (found.barred, found.disclosed, found.disclosed_voted, found.voided) == (1, 2, 1, 0)
    found.sitting = found.sitting  # counted in the same way as it is written
    assert (found.barred, found.disclosed, found.disclosed_voted, found.voided) == (1, 2, 1, 0)


LOST = [
    (
        "0121",
        "change_partner",
        "(id, change_id, school_id, leaves, part, contact_name, contact_email)",
        "(1, 1, 1, {no}, 'provider', '', '')",
    ),
    (
        "0123",
        "earned_correction",
        "(id, bid_id, line_id, state, version, up_to, was, half_days, reason, asked_at, asked_by_id)",
        "(1, 1, 1, 'proposed', 1, '2026-11-01', 0, 2, 'Misread', '2026-11-01 10:00:00', 1)",
    ),
]


@pytest.mark.parametrize(("number", "table", "columns", "values"), LOST)
def test_what_would_be_lost_keeps_a_migration_from_being_undone(
    empty_app: Flask, number: str, table: str, columns: str, values: str
) -> None:
    upgrade(revision=number)
    sqlite = db.engine.dialect.name == "sqlite"
    raw = db.engine.raw_connection()
    cursor = raw.cursor()  # the row alone, without those that it names
    cursor.execute("PRAGMA foreign_keys=OFF" if sqlite else "SET session_replication_role = replica")
    no = "0" if sqlite else "false"
    cursor.execute(f"INSERT INTO {table} {columns} VALUES {values.format(no=no)}")
    raw.commit()
    raw.close()
    db.engine.dispose()
    with pytest.raises(SystemExit):
        downgrade(revision=f"{int(number) - 1:04}")
    assert db.session.scalar(text(f"SELECT count(*) FROM {table}")) == 1
    assert db.session.scalar(text("SELECT version_num FROM alembic_version")) == number


def tables() -> set[str]:
    """Those of the database but Alembic's own; every one of the baseline's holds something."""
    return set(inspect(db.engine).get_table_names()) - {"alembic_version"}


def test_the_full_database_holds_something_in_every_table_and_every_state(empty_app: Flask) -> None:
    upgrade(revision=BASELINE)
    held = HELD.read_text()
    assert [name for name in tables() if f'INSERT INTO "{name}"' not in held] == []
