"""The ranked list, and how far the money reaches down it."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from hypothesis import given
from hypothesis import strategies as st

from fundflow import ledger
from fundflow.models.bid import Bid
from fundflow.models.decision import Offer
from fundflow.models.fund import Allocation
from fundflow.models.interest import InterestKind
from fundflow.models.panel import AgendaItem, ItemOutcome
from fundflow.models.person import User
from fundflow.models.school import SchoolKind
from fundflow.panel.scores import ranking
from fundflow.workflow.application import BidState as S
from fundflow.workflow.meeting import MeetingState
from tests.factories import Make
from tests.panel.agenda import Agenda

SignIn = Callable[[User | None], FlaskClient]
ACADEMY = 34  # a type of school


@pytest.fixture
def agenda(make: Make) -> Agenda:
    return Agenda(make)


def told(listed: ranking.Ranking) -> list[tuple[int, int | None, bool | None]]:
    """(bid's id, running sum in pounds, reached) down the list."""
    return [(row.item.bid_id, row.running and row.running // 100, row.reached) for row in listed.rows]


# -- a meeting’s list ---------------------------------------------------------------------------


def test_the_money_goes_down_the_list_until_it_no_longer_reaches(agenda: Agenda) -> None:
    low, high, middle = agenda.bid(4_000, 2), agenda.bid(5_000, 4), agenda.bid(4_500, 3)
    listed = agenda.listed()
    assert told(listed) == [(high.id, 5_000, True), (middle.id, 9_500, True), (low.id, 13_500, False)]
    assert [str(row.total) for row in listed.rows] == ["100", "75", "50"]
    assert (listed.free, listed.ends_after) == (1_000_000, 2)


def test_what_is_not_reached_leaves_its_money_to_those_below(agenda: Agenda) -> None:
    bids = [agenda.bid(6_000, 4), agenda.bid(6_000, 3), agenda.bid(4_000, 2)]
    listed = agenda.listed()
    assert [row.reached for row in listed.rows] == [True, False, True]
    assert [row.item.bid_id for row in listed.rows] == [bid.id for bid in bids]
    assert listed.ends_after == 1  # the unbroken run ends here


def test_ties_go_by_need_then_outcomes_then_cost_for_each_pupil(agenda: Agenda) -> None:
    dear = agenda.bid(1_000, pupils=10)
    cheap = agenda.bid(1_000, pupils=20)
    needy = agenda.bid(1_000, need=4, sustainability=1)  # 75 too: 5 points more, 5 fewer
    first = agenda.bid(1_000, outcomes=4, sustainability=1)
    assert [row.item.bid_id for row in agenda.listed().rows] == [needy.id, first.id, cheap.id, dear.id]


def test_a_line_pays_only_the_schools_it_may(make: Make) -> None:
    agenda = Agenda(make, pounds=0)
    agenda.line(5_000, pays=("maintained",))
    agenda.line(3_000, pays=("academy", "maintained"))
    ours, academy, last = agenda.bid(6_000, 4), agenda.bid(2_500, 3, kind=ACADEMY), agenda.bid(2_000, 2)
    # £5,000 + £1,000 for the first leave £2,000 for an academy; the last finds the same £2,000.
    assert told(agenda.listed()) == [
        (ours.id, 6_000, True),
        (academy.id, 8_500, False),
        (last.id, 10_500, True),
    ]


def test_decided_bids_want_no_more_and_what_they_hold_is_not_free(agenda: Agenda) -> None:
    won, waiting = agenda.bid(7_000, 4), agenda.bid(4_000, 3)
    agenda.end(won, S.OFFERED, ItemOutcome.APPROVED)
    line = agenda.make.session.query(Allocation).filter_by(fund_id=agenda.fund.id).one()
    ledger._enter(line, ledger.K.RESERVED, 700_000, at=agenda.now, by=None, bid=won)
    agenda.make.session.commit()
    listed = agenda.listed()
    assert told(listed) == [(won.id, None, None), (waiting.id, 4_000, False)]
    assert (listed.free, listed.ends_after) == (300_000, 1)


def test_the_amount_put_to_the_vote_counts_not_the_one_asked_for(agenda: Agenda, sign_in: SignIn) -> None:
    bid = agenda.bid(12_000)
    bid.items[-1].proposed_pence = 950_000
    agenda.make.session.commit()
    assert told(agenda.listed()) == [(bid.id, 9_500, True)]
    page = sign_in(agenda.clerk).get(f"/meetings/{agenda.meeting.id}/ranking").text
    assert "asked for £12,000" in page
    assert "£9,500" in page


def test_bids_without_every_score_stand_last_and_removed_ones_nowhere(agenda: Agenda) -> None:
    unscored, scored, gone = agenda.bid(1_000, 4), agenda.bid(1_000, 0), agenda.bid(1_000, 4)
    agenda.make.session.delete(unscored.items[-1].scores[0])
    agenda.end(gone, S.IN_REVIEW, ItemOutcome.REMOVED)
    agenda.make.session.expire_all()
    assert [row.item.bid_id for row in agenda.listed().rows] == [scored.id, unscored.id]


def test_a_long_list_is_read_a_page_at_a_time(
    agenda: Agenda, sign_in: SignIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ranking, "PAGE", 2)
    bids = [agenda.bid(4_000, score) for score in (4, 3, 2, 1, 0)]
    client, address = sign_in(agenda.clerk), f"/meetings/{agenda.meeting.id}/ranking"
    pages = [client.get(f"{address}?after={after}").text for after in ("", "2", "4", "6")]
    order = [re.findall(r"<th [^>]*row\">(\d)</th>.*?>([A-Z\d]+-\d+) ", page, re.S) for page in pages]
    assert order == [
        [("1", bids[0].reference), ("2", bids[1].reference)],
        [("3", bids[2].reference), ("4", bids[3].reference)],
        [("5", bids[4].reference)],
        [],
    ]
    assert ["The money reaches to here" in page for page in pages] == [False, True, False, False]
    assert "£12,000" in pages[1]  # the sum runs on from the page before
    assert [f"{address}?after=" in page for page in pages] == [True, True, False, False]


def test_the_page_says_how_far_the_money_reaches(agenda: Agenda, sign_in: SignIn) -> None:
    agenda.bid(6_000, 4), agenda.bid(6_000, 2)
    client = sign_in(agenda.clerk)
    page = client.get(f"/meetings/{agenda.meeting.id}/ranking").text
    one, line, two = (
        page.index(words) for words in (">Reached<", "The money reaches to here", ">Not reached<")
    )
    assert one < line < two
    assert "£10,000.00 can be offered" in page
    assert "Fund less, or defer" in page
    assert f"/meetings/{agenda.meeting.id}/ranking" in client.get(f"/meetings/{agenda.meeting.id}").text


# -- who sees what ------------------------------------------------------------------------------


def test_who_is_barred_learns_neither_place_nor_amount_of_that_item(agenda: Agenda, sign_in: SignIn) -> None:
    secret, other, last = agenda.bid(6_789, 4), agenda.bid(2_000, 3), agenda.bid(1_500, 2)
    barred = agenda.seats[2]
    agenda.declare(secret, barred, InterestKind.BARRED)
    listed = agenda.listed(barred.user)
    assert [(row.item.bid_id, row.place) for row in listed.rows] == [(other.id, 1), (last.id, 2)]
    assert (listed.hidden, listed.free) == (1, None)
    assert all(row.running is None and row.reached is None for row in listed.rows)
    page = sign_in(barred.user).get(f"/meetings/{agenda.meeting.id}/ranking").text
    assert "An item you take no part in" in page
    for words in ("6,789", secret.reference, "8,789", "10,289", "can be offered", ">Reached<"):
        assert words not in page
    assert (
        secret.reference in sign_in(agenda.seats[0].user).get(f"/meetings/{agenda.meeting.id}/ranking").text
    )


@pytest.mark.parametrize(
    ("state", "outcome"), [(S.NOT_FUNDED, ItemOutcome.DECLINED), (S.OFFERED, ItemOutcome.APPROVED)]
)
def test_the_list_of_unfunded_bids_does_not_tell_whoever_is_barred_how_their_bid_ended(
    agenda: Agenda, sign_in: SignIn, state: S, outcome: ItemOutcome
) -> None:
    secret, refused = agenda.bid(6_789, 4), agenda.bid(2_000, 3)
    agenda.declare(secret, agenda.seats[2], InterestKind.BARRED)
    agenda.end(refused, S.NOT_FUNDED, ItemOutcome.DECLINED)
    client, url = sign_in(agenda.seats[2].user), f"/ranking?fund={agenda.fund.id}"
    before = _words(client.get(url).text)
    assert refused.reference in before
    assert "An item you take no part in" not in before
    agenda.end(secret, state, outcome)
    assert _words(client.get(url).text) == before
    assert "can be offered" not in before


def _words(page: str) -> str:
    """Without what is new in every answer."""
    return re.sub(r'(nonce|csrf_token" value)="[^"]+"', "", page)


def test_a_member_learns_no_place_before_handing_in_their_own_scores(make: Make, sign_in: SignIn) -> None:
    agenda = Agenda(make, individually=True)
    best, other = agenda.bid(2_000), agenda.bid(3_000)
    for bid, score in ((best, 4), (other, 1)):
        agenda.sheet(bid, agenda.seats[4], score)
    chair = agenda.seats[0]
    listed = agenda.listed(chair.user)
    assert (listed.rows, len(listed.unseen), listed.free) == ([], 2, None)
    agenda.sheet(other, chair, 1)
    make.session.expire_all()
    page = sign_in(chair.user).get(f"/meetings/{agenda.meeting.id}/ranking").text
    assert "<strong>25</strong>" in page
    assert "<strong>100</strong>" not in page
    assert "Hand in your own scores" in page
    agenda.sheet(best, chair, 4)
    make.session.expire_all()
    assert told(agenda.listed(chair.user)) == [(best.id, 2_000, True), (other.id, 5_000, True)]


def test_members_see_no_list_before_the_papers_are_out(agenda: Agenda, sign_in: SignIn) -> None:
    agenda.bid(1_000)
    agenda.meeting.state = MeetingState.PLANNED
    agenda.make.session.commit()
    page = sign_in(agenda.seats[0].user).get(f"/meetings/{agenda.meeting.id}/ranking").text
    assert "The papers are not out yet." in page
    assert len(agenda.listed().rows) == 1  # the clerk prepares it


def test_schools_see_no_ranked_list(agenda: Agenda, sign_in: SignIn) -> None:
    head = agenda.make.member(agenda.make.school())
    agenda.make.session.commit()
    for path in (f"/meetings/{agenda.meeting.id}/ranking", "/ranking"):
        assert sign_in(head).get(path).status_code == 403


# -- the fund’s list ----------------------------------------------------------------------------


def test_money_of_a_lapsed_offer_shows_which_bid_it_could_reach(agenda: Agenda, sign_in: SignIn) -> None:
    lapsed, refused, low = agenda.bid(9_000, 3), agenda.bid(6_000, 4), agenda.bid(5_000, 2)
    open_, old, unscored = agenda.bid(1_000, 4), agenda.bid(1_000, 4), agenda.bid(1_000, 4)
    agenda.end(refused, S.NOT_FUNDED, ItemOutcome.DECLINED)
    agenda.end(low, S.DEFERRED, ItemOutcome.DEFERRED)
    agenda.end(old, S.NOT_FUNDED, ItemOutcome.DECLINED, days_ago=800)
    agenda.end(unscored, S.NOT_FUNDED, ItemOutcome.DECLINED)
    agenda.make.session.delete(unscored.items[-1].scores[0])
    agenda.end(lapsed, S.NOT_TAKEN_UP, ItemOutcome.APPROVED)
    decision = _decided(agenda, lapsed)
    agenda.make.session.add(
        Offer(bid=lapsed, decision=decision, pence=850_000, made_at=agenda.now, reply_by=agenda.now.date())
    )
    agenda.make.session.commit()
    agenda.make.session.expire_all()
    listed = ranking.of_fund(agenda.fund, agenda.clerk, agenda.now)
    assert told(listed) == [(refused.id, 6_000, True), (lapsed.id, 14_500, False), (low.id, 19_500, False)]
    page = sign_in(agenda.clerk).get(f"/ranking?fund={agenda.fund.id}").text
    assert "£10,000.00 can be offered" in page
    assert f"It could reach {refused.reference}." in page
    assert open_.reference not in page
    assert old.reference not in page


def _decided(agenda: Agenda, bid: Bid) -> Any:
    from fundflow.models.decision import Decision

    decision = Decision(
        bid_id=bid.id,
        item_id=bid.items[-1].id,
        outcome=ItemOutcome.APPROVED,
        pence=850_000,
        reasons="Good",
        votes_for=5,
        votes_against=0,
        abstentions=0,
        decided_at=agenda.now,
        decided_by_id=agenda.clerk.id,
    )
    return agenda.make._add(decision)


@pytest.mark.parametrize("fund", ["0", "999999", "x", "9" * 30])
def test_a_fund_that_is_none_of_mine_is_not_found(agenda: Agenda, sign_in: SignIn, fund: str) -> None:
    page = sign_in(agenda.seats[0].user).get(f"/ranking?fund={fund}")
    assert page.status_code == (404 if fund == "999999" else 200)  # what is no number asks for none


# -- never more than there is -------------------------------------------------------------------

POUNDS = st.integers(0, 20_000)
KINDS = st.sampled_from([("maintained",), ("academy",), ("academy", "maintained"), ("other",)])
LINES = st.lists(st.tuples(POUNDS, KINDS), max_size=4)
WANTED = st.lists(st.tuples(st.integers(1, 15_000), st.sampled_from([1, ACADEMY])), max_size=10)


@given(LINES, WANTED)
def test_no_line_is_ever_asked_for_more_than_is_free(
    lines: list[tuple[int, tuple[str, ...]]], wanted: list[tuple[int, int]]
) -> None:
    """The spreading that offers and the ranked list share, against a model that counts pounds."""
    room = {n: pounds for n, (pounds, _pays) in enumerate(lines)}
    left = dict(room)
    for pounds, kind in wanted:
        name = "academy" if kind == ACADEMY else "maintained"
        able = [n for n, (_pounds, pays) in enumerate(lines) if name in pays]
        parts, missing = ledger.spread(pounds, able, left)
        assert sum(parts.values()) + missing == pounds
        assert (missing == 0) == (sum(left[n] for n in able) >= pounds)
        assert list(parts) == [n for n in able if n in parts]  # oldest first
        for n, part in parts.items():
            assert 0 < part <= left[n]
            earlier = able[: able.index(n)]
            assert all(parts.get(m, 0) == left[m] for m in earlier)  # an older line is emptied first
        for n, part in parts.items() if not missing else ():
            left[n] -= part
    assert all(pounds >= 0 for pounds in left.values())


def test_the_reach_is_never_above_what_is_free_of_each_line(make: Make) -> None:
    agenda = Agenda(make, pounds=0)
    lines = [agenda.line(700, pays=("maintained",)), agenda.line(900), agenda.line(300, pays=("other",))]
    ledger.cut(lines[1], 95_000, user=agenda.clerk, now=agenda.now, minute="Minute 9")  # below zero
    make.session.commit()
    wanted = [(SchoolKind.MAINTAINED, 50_000), (SchoolKind.ACADEMY, 1), (SchoolKind.MAINTAINED, 20_000)]
    found = ledger.reach(agenda.fund.id, wanted, agenda.now)
    assert found == (100_000, [{lines[0].id: 50_000}, None, {lines[0].id: 20_000}])


# -- no more questions with more rows -----------------------------------------------------------


def test_the_lists_ask_no_more_with_nine_members_and_thirty_bids(
    make: Make, sign_in: SignIn, count_queries: list[str]
) -> None:
    agenda = Agenda(make, pounds=100_000, individually=True)
    agenda.seats += [make.seat(agenda.fund) for _ in range(4)]

    def some(count: int) -> None:
        for n in range(count):
            bid = agenda.bid(1_000)
            agenda.sheets(bid, agenda.seats, n % 5)
            ended = agenda.bid(1_000)
            agenda.end(ended, S.NOT_FUNDED, ItemOutcome.DECLINED)
            agenda.sheets(ended, agenda.seats, n % 5)

    def asked(path: str) -> int:
        client = sign_in(agenda.clerk)
        make.session.expire_all()
        count_queries.clear()
        assert client.get(path).status_code == 200
        return len(count_queries)

    paths = (f"/meetings/{agenda.meeting.id}/ranking", "/ranking")
    some(1)
    few = [asked(path) for path in paths]
    some(14)
    assert make.session.query(AgendaItem).count() == 30
    assert [asked(path) for path in paths] == few
    assert max(few) <= 25


def test_a_list_of_agreed_scores_asks_less_and_makes_no_objects_of_its_bids(
    make: Make, sign_in: SignIn, count_queries: list[str]
) -> None:
    agenda = Agenda(make)
    bids = [agenda.bid(1_000), agenda.bid(2_000)]
    client, address = sign_in(agenda.clerk), f"/meetings/{agenda.meeting.id}/ranking"
    references = [bid.reference for bid in bids]
    make.session.expunge_all()
    count_queries.clear()
    page = client.get(address).text
    assert all(reference in page for reference in references)
    assert len(count_queries) <= 12
    assert not any(isinstance(one, Bid | AgendaItem) for one in make.session.identity_map.values())
