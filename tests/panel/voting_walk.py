"""People of a random panel vote and score, in the program and in the model."""

from datetime import timedelta

from hypothesis import strategies as st
from hypothesis.stateful import rule

from fundflow.panel.operations import email_votes, items, proposals
from fundflow.panel.operations.scores import Mark, moderate, save_scores, save_sheet
from fundflow.workflow.panel_rules import Choice
from tests.panel.model import Vote
from tests.panel.walk import BID, BY, WHO, Panel
from tests.panel.world import CRITERIA, BidBeside, ItemBeside

CHOICES = {"for": Choice.FUND, "against": Choice.DO_NOT_FUND, "abstain": Choice.ABSTAIN}
VOTE = st.sampled_from(["for", "for", "against", "abstain"])
BALLOT = st.lists(VOTE, min_size=12, max_size=12)
MARKS = st.dictionaries(st.sampled_from(CRITERIA), st.integers(0, 4))


class VotingPanel(Panel):
    # -- votes -----------------------------------------------------------------------------------------

    def score(self, bid: BidBeside, score: int) -> None:
        case, scores = bid.item.case, dict.fromkeys(CRITERIA, score)
        if case.each_scores:
            for who in sorted(case.voters()):
                if case.must_score_first(who):
                    self.hand_in(bid, who, {**scores, "value": who % 2 + 2}, True, "clerk")
        else:
            self.agree(bid, scores, "clerk")

    @rule(bid=BID, who=WHO, choice=VOTE, by=BY)
    def vote(self, bid: int, who: int, choice: str, by: str) -> None:
        self.give_vote(self.bid(bid), self.who(who), choice, by)

    def may_vote(self, bid: BidBeside, who: int, by: str) -> bool:
        case, item = bid.item.case, bid.item
        if by == "officer" or bid.state != "at_panel" or not self.is_open(item):
            return False
        if not case.has_voice(who) or who not in bid.said or case.must_score_first(who):
            return False
        if self.by_email(item):
            return not case.place_taken(who)
        started = ("in_session",) if by == "self" else ("in_session", "closed")
        return who in case.counted() and self.session(item) in started

    def give_vote(self, bid: BidBeside, who: int, choice: str, by: str) -> None:
        if self.act(
            self.may_vote(bid, who, by),
            items.vote,
            bid.item.row,
            self.world.seats[who],
            CHOICES[choice],
            user=self.user(by, who),
        ):
            bid.item.case.votes[who] = Vote(choice)
            if self.by_email(bid.item):
                bid.item.case.here.add(who)
            if by == "clerk":
                self.barred_leave(bid.item)

    def barred_leave(self, item: ItemBeside) -> None:
        if self.session(item) == "in_session":
            item.case.barred_leave()

    @rule(bid=BID, choice=st.sampled_from(["for", "against"]), by=BY)
    def the_vote_is_tied(self, bid: int, choice: str, by: str) -> None:
        """As many for it as against, and whoever chairs has the casting vote."""
        beside = self.bid(bid)
        voters = sorted(beside.item.case.voters())
        if len(voters) % 2:
            self.give_vote(beside, voters.pop(), "abstain", "clerk")
        for place, who in enumerate(voters):
            self.give_vote(beside, who, ("for", "against")[place % 2], "clerk")
        self.settle(beside, None, choice, by)

    @rule(bid=BID, choices=BALLOT)
    def call_the_vote(self, bid: int, choices: list[str]) -> None:
        self.ballot(self.bid(bid), choices)

    def ballot(self, bid: BidBeside, choices: list[str]) -> None:
        for who in sorted(bid.item.case.voters()):
            self.give_vote(bid, who, choices[who % 12], "clerk")

    @rule(bid=BID, who=WHO, chairs=st.booleans(), choice=VOTE, by=BY)
    def cast(self, bid: int, who: int, chairs: bool, choice: str, by: str) -> None:
        self.settle(self.bid(bid), None if chairs else self.who(who), choice, by)

    def settle(self, bid: BidBeside, who: int | None, choice: str, by: str) -> None:
        """By the casting vote of this member, or (None) of whoever has it."""
        case, holder = bid.item.case, bid.item.case.chair(bid.item.case.voters())
        who = (0 if holder is None else holder) if who is None else who
        may = (
            self.is_open(bid.item)
            and choice != "abstain"
            and holder is not None
            and case.may_cast(holder)
            and (by == "clerk" or (by == "self" and who == holder))
        )
        if self.act(may, items.cast, bid.item.row, CHOICES[choice], "It is time.", user=self.user(by, who)):
            assert holder is not None
            case.casting = (holder, choice)

    @rule(bid=BID, hours=st.sampled_from([2, 48, 24 * 70]), reason=st.sampled_from(["", "Too few came."]))
    def ask_for_votes_by_email(self, bid: int, hours: int, reason: str) -> None:
        item = self.bid(bid).item
        until = self.world.now + timedelta(hours=hours)
        carried = item.case.quorate() and not item.case.silent() and item.case.settled() is not None
        could_meet = self.session(item) == "in_session" and item.case.quorate()
        may = (
            self.is_open(item)
            and self.session(item) != "planned"
            and hours <= 24 * 60
            and not carried
            and (reason or not could_meet)
        )
        if self.act(
            bool(may),
            email_votes.ask_to_vote_by_email,
            item.row,
            until,
            reason,
            user=self.world.employee("clerk"),
        ):
            item.email_until, item.case.asked_by_email = until, True

    @rule(bid=BID, part=st.integers(1, 5), by=BY, reason=st.sampled_from(["", "It costs less."]))
    def propose(self, bid: int, part: int, by: str, reason: str) -> None:
        self.put_to_the_vote(self.bid(bid), part, by, reason)

    def put_to_the_vote(self, beside: BidBeside, part: int, by: str, reason: str) -> None:
        case, pence = beside.item.case, beside.asked * part // 4
        again = pence == case.at_most
        may = (
            by == "clerk"
            and beside.state == "at_panel"
            and self.is_open(beside.item)
            and pence <= case.asked
            and bool(again or reason)
        )
        if (
            self.act(may, proposals.propose, beside.row.items[-1], pence, reason, user=self.user(by, 0))
            and not again
        ):
            case.propose(pence)
            beside.item.email_until = None
            self.barred_leave(beside.item)

    # -- scores ----------------------------------------------------------------------------------------

    @rule(bid=BID, scores=MARKS, full=st.booleans(), by=BY)
    def agree_scores(self, bid: int, scores: dict[str, int], full: bool, by: str) -> None:
        self.agree(self.bid(bid), {**dict.fromkeys(CRITERIA, 3), **scores} if full else scores, by)

    def agree(self, bid: BidBeside, scores: dict[str, int], by: str) -> None:
        case = bid.item.case
        may = by == "clerk" and self.is_open(bid.item) and not case.each_scores
        if self.act(may, save_scores, bid.item.row, scores, stamp=None, user=self.user(by, 0)):
            case.agreed.update(scores)

    @rule(
        bid=BID,
        who=WHO,
        scores=st.dictionaries(st.sampled_from(CRITERIA), st.integers(0, 4)),
        full=st.booleans(),
        hand_in=st.booleans(),
        by=BY,
    )
    def score_by_oneself(
        self, bid: int, who: int, scores: dict[str, int], full: bool, hand_in: bool, by: str
    ) -> None:
        scores = {**dict.fromkeys(CRITERIA, 3), **scores} if full else scores
        self.hand_in(self.bid(bid), self.who(who), scores, hand_in, by)

    def hand_in(self, bid: BidBeside, who: int, scores: dict[str, int], complete: bool, by: str) -> None:
        case, sheet = bid.item.case, bid.item.case.sheets.get(who)
        locked = sheet is not None and sheet.counts
        if locked:
            may = sheet is not None and sheet.scores == scores
        else:
            may = (
                case.each_scores
                and bid.state == "at_panel"
                and self.is_open(bid.item)
                and self.session(bid.item) != "planned"
                and case.has_voice(who)
                and who in bid.said
                and (set(scores) == set(CRITERIA) or not complete)
            )
        marks = {name: Mark(scores.get(name), "So." if name in scores else "") for name in CRITERIA}
        changes = not locked and (complete or sheet is None or sheet.scores != scores)
        if (
            self.act(
                may and by != "officer",
                save_sheet,
                bid.item.row,
                self.world.seats[who],
                marks,
                hand_in=complete,
                stamp=None,
                user=self.user(by, who),
            )
            and changes
        ):
            case.hand_in(who, scores, complete=complete)

    @rule(bid=BID, criterion=st.sampled_from(CRITERIA), score=st.integers(0, 4), change=st.booleans(), by=BY)
    def talk_about_scores(self, bid: int, criterion: str, score: int, change: bool, by: str) -> None:
        item = self.bid(bid).item
        case = item.case
        voices = [who for who, s in case.sheets.items() if s.counts and case.has_voice(who)]
        chairs = by == "self" and case.chair() == 0 and 0 in voices  # who has handed in their own
        may = case.each_scores and self.is_open(item) and bool(voices) and (by == "clerk" or chairs)
        changed = {voices[0]: score} if change and voices else {}
        ids = {sheet.seat_id: sheet.id for sheet in item.row.sheets}
        if self.act(
            may,
            moderate,
            item.row,
            criterion,
            "We talked.",
            {ids[self.world.seats[who]]: after for who, after in changed.items()},
            stamp=None,
            user=self.user(by, 0),
        ):
            case.talk(criterion, changed)
