"""Bad requests: every one is answered with a sentence, none with a crash, and nothing changes."""

import io
import re
from datetime import date, timedelta
from html import unescape
from types import SimpleNamespace
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select

from fundflow.extensions import Base, db
from fundflow.letters.links import hash_of
from fundflow.models.confirmation import Approval
from fundflow.models.panel import AgreedScore
from fundflow.models.payment import Claim, ClaimKind
from fundflow.models.person import LinkPurpose, OneTimeLink, User
from fundflow.rules.panel.sittings import seats_of
from fundflow.workflow.application import BidState as S
from fundflow.workflow.claim import ClaimState
from fundflow.workflow.panel_rules import STANDARD, Choice
from tests.bad_requests_table import TABLE, Bad
from tests.factories import NOW, TODAY, Make
from tests.test_access import council

# -- the council --------------------------------------------------------------------------------


def wider_council(make: Make) -> SimpleNamespace:
    """The council of the table of access, with another school's draft, a bid in every other state
    of interest, claims of each kind, a fund of £1,000 whose panel has voted, and links."""
    found = council(make)
    people, values, bids = found.people, found.values, found.bids
    draft, lead = bids["D"], bids["D"].lead_school
    provider, other = people["provider"].memberships[0].school, people["stranger"].memberships[0].school

    def bid(state: S, **given: Any) -> Any:
        return make.bid(
            state=state,
            **{
                "fund": draft.fund,
                "lead": lead,
                "provider": provider,
                "leader": people["leader"],
                "officer": people["officer"],
                **given,
            },
        )

    bids |= {
        "X": bid(S.DRAFT, lead=other, leader=people["stranger"], officer=None),
        "S": bid(S.SUBMITTED, officer=None),
        "R": bid(S.IN_REVIEW),
        "O": bid(S.OFFERED),
        "B": bid(S.IN_DELIVERY),
    }
    bids["T"] = voted_in_a_small_fund(make, people, lead, provider)
    claims = claims_on(make, bids["B"], people)
    links(make, bids["S"], people)
    meeting = make.meeting(draft.fund)
    small_fund, item = bids["T"].fund, bids["P"].items[0]
    seats = {seat.user_id: seat.id for seat in seats_of(item, NOW)}
    make.session.commit()
    values |= {
        **{name: bid.reference for name, bid in bids.items()},
        **{f"v_{name}": bid.version for name, bid in bids.items()},
        **claims,
        "x_partner": bids["X"].partners[0].id,
        "other_meeting": meeting.id,
        "lead": lead.id,
        "other": other.id,
        "provider": provider.id,
        "priority": draft.round.priorities[0].id,
        "b_line": bids["B"].backfill_lines[0].id,
        "b_award_line": bids["B"].award.lines[0].id,
        "a_award_line": bids["A"].award.lines[0].id,
        "b_lead": bids["B"].lead_school_id,
        "d_line": draft.backfill_lines[0].id,
        "officer": people["officer"].id,
        "leader_id": people["leader"].id,
        "leader_email": people["leader"].email,
        "administrator_id": people["administrator"].id,
        "small_fund": small_fund.id,
        "prefix": draft.fund.prefix,
        "s_confirmation": bids["S"].confirmations[0].id,
        "chair_seat": seats[people["chair"].id],
        "barred_seat": seats[people["barred"].id],
        "small_seat": seats_of(bids["T"].items[0], NOW)[0].id,
        "outcome": bids["F"].outcomes[0].id,
        "v_review": bids["R"].review.version,
        "v_fund": draft.fund.version,
        "v_meeting": item.meeting.version,
        "v_report": bids["F"].report.version,
        "v_claim": bids["A"].claims[0].version,
    }
    return found


def voted_in_a_small_fund(make: Make, people: dict[str, Any], lead: Any, provider: Any) -> Any:
    """A bid of £3,000 for which everybody voted, in a fund of £1,000."""
    fund = make.fund(allocated=100_000)
    seats = make.panel(fund)
    people["small_chair"] = seats[0].user
    bid = make.bid(
        state=S.AT_PANEL,
        fund=fund,
        lead=lead,
        provider=provider,
        leader=people["leader"],
        officer=people["officer"],
    )
    make.voted(bid.items[0], *[Choice.FUND] * 5)
    bid.items[0].scores = [AgreedScore(criterion=slug, score=4) for slug in STANDARD.slugs]
    make.session.flush()
    return bid


def claims_on(make: Make, bid: Any, people: dict[str, Any]) -> dict[str, int]:
    """A day in the log, a claim that was sent, and one that finance has checked."""
    bid.start_on, bid.end_on = date(2026, 9, 1), date(2027, 2, 1)
    finance = people["finance"].id
    make.worked_day(bid)
    sent = Claim(
        bid_id=bid.id,
        school=bid.lead_school,
        number=1,
        kind=ClaimKind.BACKFILL,
        state=ClaimState.SUBMITTED,
        pence=35_000,
        created_at=NOW,
        submitted_at=NOW,
    )
    certified = Claim(
        bid_id=bid.id,
        school=bid.lead_school,
        number=2,
        kind=ClaimKind.ADVANCE,
        state=ClaimState.CERTIFIED,
        pence=100_000,
        created_at=NOW,
        submitted_at=NOW,
        certified_at=NOW,
        certified_by_id=finance,
    )
    make.session.add_all([sent, certified])
    make.session.flush()
    return {"b_claim": sent.id, "certified": certified.id, "v_b_claim": sent.version}


def links(make: Make, bid: Any, people: dict[str, Any]) -> None:
    """Links whose tokens are words: used, expired and left to sign in, two to sign a bid."""
    approval = Approval(
        bid_id=bid.id,
        name="Chair",
        email="chair@lead.example",
        role="Chair of governors",
        asked_at=NOW,
        due_on=TODAY,
    )
    left = make.user(active=False)
    make.session.add(approval)
    make.session.flush()

    def link(token: str, purpose: LinkPurpose, hours: int, **given: Any) -> OneTimeLink:
        return OneTimeLink(
            purpose=purpose,
            token_hash=hash_of(token),
            minted_at=NOW,
            expires_at=NOW + timedelta(hours=hours),
            **given,
        )

    leader = people["leader"].id
    make.session.add_all(
        [
            link("used", LinkPurpose.SIGN_IN, 1, user_id=leader, used_at=NOW),
            link("expired", LinkPurpose.SIGN_IN, -1, user_id=leader),
            link("left", LinkPurpose.SIGN_IN, 1, user_id=left.id),
            link("approves", LinkPurpose.ANSWER, 1, asked_process="approval", asked_id=approval.id),
            link("too-late", LinkPurpose.ANSWER, -1, asked_process="approval", asked_id=approval.id),
        ]
    )


# -- asking -------------------------------------------------------------------------------------


class Asker:
    def __init__(
        self, app: Flask, client: FlaskClient, found: SimpleNamespace, statements: list[str]
    ) -> None:
        self.app, self.client, self.values = app, client, found.values
        self.statements = statements
        self.sessions = {name: user and user.get_id() for name, user in found.people.items()}
        self.before = everything()

    def wrong(self, bad: Bad) -> str | None:
        """What is wrong with the answer, or None."""
        self.statements.clear()
        try:
            response = self.answer(bad)
        except Exception as error:  # a crash is what we look for
            return f"crashed with {type(error).__name__}: {str(error)[:300]}"
        finally:
            db.session.rollback()
            db.session.expire_all()
        said = response.location if response.status_code == 302 else self.words(response.text)
        if response.status_code != bad.status:
            return f"answered {response.status_code}, expected {bad.status}: {said[:300]}"
        if bad.says not in said:
            return f"does not say “{bad.says}”: {said[:300]}"
        if not self.wrote():
            return None
        changed = [name for name, rows in everything().items() if rows != self.before[name]]
        return f"changed {', '.join(changed)}" if changed else None

    def wrote(self) -> bool:
        """Whether a row was written, if only to be taken back; most requests are refused before that."""
        return any(statement.startswith(("INSERT", "UPDATE", "DELETE")) for statement in self.statements)

    def answer(self, bad: Bad) -> Any:
        method, path = bad.ask.split(" ", 1)
        with self.client.session_transaction() as cookie:
            cookie.clear()
            if self.sessions[bad.who]:
                cookie["_user_id"], cookie["_fresh"] = self.sessions[bad.who], True
        self.app.config["WTF_CSRF_ENABLED"] = bad.csrf
        try:
            return self.client.open(self.filled(path), method=method, **self.body(bad.send))
        finally:
            self.app.config["WTF_CSRF_ENABLED"] = False

    def filled(self, text: Any) -> Any:
        if isinstance(text, list):
            return [self.filled(one) for one in text]
        return text.format(**self.values) if isinstance(text, str) else text

    def body(self, send: dict[str, Any]) -> dict[str, Any]:
        """What the test client takes: raw bodies as they are, else a form of these fields."""
        if "data" in send or "json" in send:
            return send
        fields = {self.filled(key): self.filled(value) for key, value in send.items()}
        kind = fields.pop("content_type", None)
        fields = {
            key: (io.BytesIO(b"x"), value[1]) if isinstance(value, tuple) else value
            for key, value in fields.items()
        }
        return {"data": fields, "content_type": kind} if fields else {}

    @staticmethod
    def words(html: str) -> str:
        """What stands in <main>: the page's own words, after its error summary if it has one."""
        page = html.partition("<main")[2].partition("</main>")[0] or html
        found = re.search(r"govuk-error-summary.*?</ul>", page, re.DOTALL)
        return " ".join(unescape(re.sub(r"<[^>]+>", " ", (found[0] if found else "") + page)).split())


def everything() -> dict[str, list[Any]]:
    """Every row of every table, but for the counter of attempts to sign in."""
    return {
        table.name: [tuple(row) for row in db.session.execute(select(table).order_by(*table.primary_key))]
        for table in Base.metadata.sorted_tables
        if table.name != "sign_in_attempt"
    }


@pytest.fixture
def asker(app: Flask, client: FlaskClient, make: Make, time_machine: Any, count_queries: list[str]) -> Asker:
    time_machine.move_to(NOW, tick=False)
    return Asker(app, client, wider_council(make), count_queries)


@pytest.mark.postgresql_first
def test_every_bad_request_is_answered_with_a_sentence_and_changes_nothing(asker: Asker) -> None:
    wrong = [f"{bad.name} ({bad.who}, {bad.ask[:80]}) {why}" for bad in TABLE if (why := asker.wrong(bad))]
    assert not wrong, "\n\n".join(wrong)


def test_control_characters_marks_and_line_breaks_are_taken_out_of_what_is_kept(asker: Asker) -> None:
    send = {"name": "Ann\0 \u202eOak\r\nBcc: x@evil.example", "job_title": "Head\x1b[2J\u2028of year"}
    assert asker.answer(Bad("", "leader", "POST /me", 302, "", send)).status_code == 302
    kept = db.session.scalars(select(User).where(User.name.like("Ann%"))).one()
    assert (kept.name, kept.job_title) == ("Ann Oak Bcc: x@evil.example", "Head[2J of year")


def test_the_table_is_long_enough_and_its_names_tell_its_lines_apart() -> None:
    names = [bad.name for bad in TABLE]
    assert len(names) == len(set(names)) >= 80
