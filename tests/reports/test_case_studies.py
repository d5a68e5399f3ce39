"""Case studies: drafted from closed bids, agreed by every school that is named, published, and taken down."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from fundflow.extensions import db
from fundflow.models.bid_parts import Part, Partner
from fundflow.models.brokering import Expertise
from fundflow.models.case_study import CaseStudy
from fundflow.models.history import HistoryEntry
from fundflow.models.impact import Rag
from fundflow.models.letter import Letter
from fundflow.models.person import Membership, Standing, User
from fundflow.models.person import RoleName as R
from fundflow.reports.cases import operations as do
from fundflow.reports.cases.figures import case_studies
from fundflow.reports.cases.words import Words, drafted_from, why_counts_pupils
from fundflow.reports.cut import Cut
from fundflow.rules.case_studies import alike
from fundflow.steps import AlreadyTaken
from fundflow.workflow.application import BidState
from fundflow.workflow.case_study import CaseState as S
from fundflow.workflow.engine import Refused
from fundflow.workflow.impact_return import ReturnState
from tests.factories import NOW, Make
from tests.scenes import scene

SignIn = Callable[[User | None], FlaskClient]
WORDS = Words(
    "Phonics in every class",
    "Few pupils read fluently by Year 3.",
    "A reading lead coached every teacher.",
    "Teachers follow one programme.",
    "Give the coaching time in the timetable.",
)


class World:
    """A closed bid of Oak, which supports Elm with the help of Ash, and its people."""

    def __init__(self, make: Make) -> None:
        self.lead, self.ash, self.elm = (
            make.school(f"{name} Primary School") for name in ("Oak", "Ash", "Elm")
        )
        schools = {"oak": self.lead, "ash": self.ash, "elm": self.elm}
        self.heads = {name: make.member(school, name=f"Head of {name}") for name, school in schools.items()}
        self.team = make.member(self.lead, Standing.TEAM)
        roles = (R.OFFICER, R.IMPACT_OFFICER, R.CLERK, R.FINANCE, R.BOARD, R.AUDITOR)
        self.people = {role: make.staff(role) for role in roles}
        self.bid = make.bid(
            state=BidState.CLOSED,
            lead=self.lead,
            provider=self.ash,
            leader=self.heads["oak"],
            officer=self.people[R.OFFICER],
        )
        self.bid.partners.append(Partner(school=self.elm, part=Part.SUPPORTED))
        report = self.bid.report
        assert report is not None
        report.state, report.rag, report.summary = ReturnState.ACCEPTED, Rag.GREEN, "All classes gained."
        report.helped, report.hindered, report.lessons = "Time.", "Illness.", "Plan it early."
        report.accepted_at = NOW
        make.session.flush()

    @property
    def officer(self) -> User:
        return self.people[R.OFFICER]

    def drafted(self, words: Words = WORDS, others: Any = (), by: R = R.IMPACT_OFFICER) -> CaseStudy:
        return do.draft(
            self.bid, words, Expertise.EARLY_READING, others, user=self.people[by], now=NOW, version=None
        )

    def asked(self, others: Any = ()) -> CaseStudy:
        study = self.drafted(others=others)
        do.ask(study, user=self.officer, now=NOW)
        return study

    def published(self) -> CaseStudy:
        study = self.asked()
        for name in ("oak", "elm"):
            do.agree(study, user=self.heads[name], now=NOW)
        do.publish(study, user=self.people[R.IMPACT_OFFICER], now=NOW)
        return study


world = scene(World)


def letters_since(before: int) -> set[tuple[str, str]]:
    rows = db.session.execute(select(Letter.recipient, Letter.email).where(Letter.id > before))
    return set(map(tuple, rows))


def last_letter() -> int:
    return db.session.scalar(select(Letter.id).order_by(Letter.id.desc()).limit(1)) or 0


def public(sign_in: SignIn, path: str) -> Any:
    return sign_in(None).get(path)


def test_a_draft_begins_with_what_the_report_says_and_names_no_group_of_pupils(world: World) -> None:
    words = drafted_from(world.bid, date(2030, 1, 1))
    assert (words.title, words.need) == (world.bid.title, world.bid.need)
    assert "All classes gained." in words.change
    assert words.lessons == "What helped: Time.\n\nWhat got in the way: Illness.\n\nPlan it early."
    assert not any(character.isdigit() for character in words.change)


def test_it_is_published_once_the_head_of_every_school_it_names_has_agreed(
    world: World, sign_in: SignIn
) -> None:
    study = world.asked()
    assert study.schools_words == "Oak Primary School and Elm Primary School"
    do.agree(study, user=world.heads["oak"], now=NOW)
    assert study.state is S.ASKED
    with pytest.raises(Refused):
        do.publish(study, user=world.officer, now=NOW)
    do.agree(study, user=world.heads["elm"], now=NOW)
    assert study.state is S.AGREED
    assert public(sign_in, f"/case-studies/{study.id}").status_code == 404
    do.publish(study, user=world.people[R.IMPACT_OFFICER], now=NOW)
    page = public(sign_in, f"/case-studies/{study.id}")
    assert page.status_code == 200
    assert "Teachers follow one programme." in page.text
    assert "Elm Primary School" in page.text
    assert "Ash Primary School" not in page.text
    for user in (*world.heads.values(), *world.people.values()):
        assert user.name not in page.text
    assert "Phonics in every class" in public(sign_in, "/case-studies").text
    assert f"/case-studies/{study.id}" in public(sign_in, f"/register/{world.bid.reference}").text


def test_consent_taken_back_leaves_no_trace_of_it(world: World, sign_in: SignIn) -> None:
    study = world.published()
    do.withdraw_consent(study, user=world.heads["elm"], now=NOW)
    assert (study.state, study.published_at) == (S.WITHDRAWN, None)
    assert public(sign_in, f"/case-studies/{study.id}").status_code == 404
    assert "Phonics in every class" not in public(sign_in, "/case-studies").text
    assert "/case-studies/" not in public(sign_in, f"/register/{world.bid.reference}").text
    assert alike(expertise=Expertise.EARLY_READING) == []


@pytest.mark.parametrize("step", ["correct", "take_down"])
def test_what_is_taken_back_is_not_public_and_is_asked_again(world: World, step: str) -> None:
    study = world.published()
    getattr(do, step)(study, "A mistake.", user=world.officer, now=NOW)
    assert study.published_at is None
    if step == "take_down":
        do.correct(study, "Again.", user=world.officer, now=NOW)
    assert study.state is S.DRAFT
    assert len(study.unanswered) == 2
    do.write(study, WORDS._replace(title="Reading for all"), Expertise.ENGLISH, user=world.officer, now=NOW)
    do.ask(study, user=world.officer, now=NOW)
    do.agree(study, user=world.heads["oak"], now=NOW)
    with pytest.raises(Refused, match="now “Waiting for schools to agree”"):
        do.publish(study, user=world.officer, now=NOW)


def test_nobody_changes_what_schools_are_asked_about_or_agreed_to(world: World) -> None:
    study = world.asked()
    with pytest.raises(Refused, match="can’t be changed now"):
        do.write(study, WORDS, Expertise.ENGLISH, user=world.officer, now=NOW)
    for name in ("oak", "elm"):
        do.agree(study, user=world.heads[name], now=NOW)
    with pytest.raises(Refused, match="can’t be changed now"):
        do.write(study, WORDS, Expertise.ENGLISH, user=world.officer, now=NOW)


def test_a_head_suggests_a_change_and_every_school_answers_again(world: World) -> None:
    study = world.asked()
    do.agree(study, user=world.heads["oak"], now=NOW)
    before = last_letter()
    do.suggest(study, "Say more about time.", user=world.heads["elm"], now=NOW)
    assert (study.state, study.suggestion) == (S.TO_CHANGE, "Say more about time.")
    assert letters_since(before) == {("drafter", world.people[R.IMPACT_OFFICER].email)}
    assert len(study.unanswered) == 2
    do.write(study, WORDS, Expertise.ENGLISH, user=world.officer, now=NOW)
    do.ask(study, user=world.officer, now=NOW)
    assert study.suggestion == ""


def test_a_no_ends_it(world: World) -> None:
    study = world.asked()
    do.say_no(study, user=world.heads["elm"], now=NOW)
    assert study.state is S.REFUSED
    with pytest.raises(Refused):
        do.agree(study, user=world.heads["oak"], now=NOW)


def test_letters_go_to_those_who_act_next(world: World) -> None:
    before = last_letter()
    study = world.asked()
    drafter = ("drafter", world.people[R.IMPACT_OFFICER].email)
    heads = {("named_schools", world.heads[name].email) for name in ("oak", "elm")}
    assert letters_since(before) == heads | {("officer", world.officer.email)}
    before = last_letter()
    do.agree(study, user=world.heads["oak"], now=NOW)
    assert letters_since(before) == {drafter}
    before = last_letter()
    do.agree(study, user=world.heads["elm"], now=NOW)
    subjects = db.session.scalars(select(Letter.subject).where(Letter.id > before)).all()
    assert subjects == [f"{world.bid.reference}: the case study is agreed, and can be published"]
    before = last_letter()
    do.publish(study, user=world.officer, now=NOW)
    assert letters_since(before) == heads | {("officer", world.officer.email)}
    before = last_letter()
    do.withdraw_consent(study, user=world.heads["oak"], now=NOW)
    assert letters_since(before) == heads | {drafter}


def test_my_work_shows_who_must_act_next(world: World, sign_in: SignIn, time_machine: Any) -> None:
    time_machine.move_to(NOW, tick=False)

    def waits(user: User, words: str) -> bool:
        return words in sign_in(user).get("/work").text

    agree, publish = "Read the case study and say whether you agree", "Publish the case study"
    change = "Change the case study as a school suggests"
    study = world.asked()
    assert waits(world.heads["oak"], agree)
    assert not waits(world.heads["ash"], agree)
    assert not waits(world.team, agree)
    do.suggest(study, "More.", user=world.heads["oak"], now=NOW)
    assert waits(world.people[R.IMPACT_OFFICER], change)
    assert waits(world.officer, change)
    do.ask(study, user=world.officer, now=NOW)
    do.agree(study, user=world.heads["oak"], now=NOW)
    assert not waits(world.heads["oak"], agree)
    do.agree(study, user=world.heads["elm"], now=NOW)
    assert waits(world.people[R.IMPACT_OFFICER], publish)
    do.publish(study, user=world.officer, now=NOW)
    assert not waits(world.people[R.IMPACT_OFFICER], publish)


@pytest.mark.parametrize(
    ("field", "text", "why"),
    [
        ("change", "Head of oak led it.", "names nobody"),
        ("support", "Write to a@b.example.", "contact details"),
        ("lessons", "Mrs Patel helped.", "names nobody"),
        ("change", "Three looked-after pupils gained.", "counts no pupils"),
        ("need", "It began with 4 boys.", "counts no pupils"),
        ("support", "Ash Primary School helped.", "tick it below"),
        ("title", "How Oak Primary School learned", "out of the title"),
    ],
)
def test_what_it_may_not_say_is_refused(world: World, field: str, text: str, why: str) -> None:
    with pytest.raises(Refused, match=why):
        world.drafted(WORDS._replace(**{field: text}))


@pytest.mark.parametrize(
    "text",
    [
        "Year 4 pupils read.",
        "Years 3 and 4 pupils read.",
        "Key Stage 2 pupils gained.",
        "In 2025 pupils read",
    ],
)
def test_a_year_is_no_count_of_pupils(text: str) -> None:
    assert (why_counts_pupils(text) is None) is not text.startswith("In 2025")


def test_a_provider_that_is_named_is_asked_too(world: World) -> None:
    study = world.asked(others={world.ash.id})
    assert {one.school.name for one in study.unanswered} == {
        f"{name} Primary School" for name in ("Oak", "Elm", "Ash")
    }
    for name in ("oak", "elm"):
        do.agree(study, user=world.heads[name], now=NOW)
    assert study.state is S.ASKED
    do.agree(study, user=world.heads["ash"], now=NOW)
    assert study.state is S.AGREED


def test_heads_answer_for_their_own_school_alone(world: World, make: Make) -> None:
    study = world.asked()
    stranger = make.member(make.school())
    for user in (stranger, world.heads["ash"], world.team, world.officer):
        with pytest.raises(Refused):
            do.agree(study, user=user, now=NOW)
        with pytest.raises(Refused):
            do.say_no(study, user=user, now=NOW)
    do.agree(study, user=world.heads["oak"], now=NOW)
    with pytest.raises(Refused, match="agreed already"):
        do.agree(study, user=world.heads["oak"], now=NOW)


@pytest.mark.parametrize("role", [R.CLERK, R.FINANCE, R.BOARD, R.AUDITOR])
def test_only_officers_and_impact_officers_draft_and_publish(world: World, role: R) -> None:
    with pytest.raises(Refused, match="Only the liaison officer or the impact officer"):
        world.drafted(by=role)


def test_who_is_barred_from_the_bid_drafts_no_case_study_of_it(world: World, make: Make) -> None:
    own = make.staff(R.OFFICER)
    own.memberships = [Membership(school=world.elm, standing=Standing.TEAM, starts_on=date(2020, 1, 1))]
    make.session.flush()
    with pytest.raises(Refused, match="You can’t handle this case study"):
        do.draft(world.bid, WORDS, Expertise.MATHS, user=own, now=NOW, version=None)


def test_a_school_without_a_head_here_is_not_asked(world: World) -> None:
    study = world.drafted()
    world.heads["elm"].active = False
    with pytest.raises(Refused, match="Nobody has an account as head of Elm Primary School"):
        do.ask(study, user=world.officer, now=NOW)


def test_a_bid_has_one_case_study_and_only_once_it_is_closed(world: World, make: Make) -> None:
    study = world.drafted()
    with pytest.raises(Refused, match="There is a case study of this bid already"):
        world.drafted()
    do.discard(study, "Not needed.", user=world.officer, now=NOW)
    world.drafted()
    live = make.bid(state=BidState.IN_MONITORING, fund=world.bid.fund)
    assert do.why_not_draft(live, world.officer, NOW) == "A case study is drafted once the bid is closed."


def test_a_second_click_drafts_nothing_twice(world: World) -> None:
    version = world.bid.version
    given = {"user": world.officer, "now": NOW, "version": version}
    do.draft(world.bid, WORDS, Expertise.MATHS, **given)
    with pytest.raises(AlreadyTaken):
        do.draft(world.bid, WORDS, Expertise.MATHS, **given)


def test_its_words_stand_in_no_history(world: World) -> None:
    world.published()
    entries = db.session.scalars(select(HistoryEntry).where(HistoryEntry.process == "case_study"))
    assert all("programme" not in str(entry.given) for entry in entries)


def test_schools_see_what_they_are_asked_about_and_no_draft(
    world: World, sign_in: SignIn, time_machine: Any
) -> None:
    time_machine.move_to(NOW, tick=False)
    path = f"/bids/{world.bid.reference}/case-study"

    def statuses() -> dict[str, int]:
        people = {**world.heads, "team": world.team, "board": world.people[R.BOARD]}
        people |= {"officer": world.officer, "clerk": world.people[R.CLERK]}
        return {name: sign_in(user).get(path).status_code for name, user in people.items()}

    study = world.drafted()
    staff = {"officer": 200, "clerk": 200}
    assert statuses() == {"oak": 404, "ash": 404, "elm": 404, "team": 404, "board": 404, **staff}
    do.ask(study, user=world.officer, now=NOW)
    assert statuses() == {"oak": 200, "ash": 404, "elm": 200, "team": 200, "board": 404, **staff}
    agree = f"{path}/{study.id}/steps/agree"
    assert sign_in(world.heads["ash"]).get(agree).status_code == 404
    assert "Teachers follow one programme." in sign_in(world.heads["elm"]).get(agree).text


def test_it_is_drafted_and_sent_on_its_pages(world: World, sign_in: SignIn, time_machine: Any) -> None:
    time_machine.move_to(NOW, tick=False)
    client, path = sign_in(world.officer), f"/bids/{world.bid.reference}/case-study"
    assert "Draft a case study" in client.get(f"/bids/{world.bid.reference}/impact").text
    page = client.get(f"{path}/new").text
    assert "What helped: Time." in page
    sent = WORDS._asdict() | {"expertise": "early_reading", "version": str(world.bid.version)}
    wrong = client.post(f"{path}/new", data=sent | {"change": "Head of oak led it."})
    assert wrong.status_code == 409
    assert "Take out “Head of oak”" in wrong.text
    assert "A reading lead coached every teacher." in wrong.text
    assert client.post(f"{path}/new", data=sent).status_code == 302
    study = db.session.scalars(select(CaseStudy)).one()
    page = client.get(path).text
    assert "Ask the schools to agree" in page
    assert "Publish the case study" not in page
    changed = sent | {"title": "Reading for all", "version": str(study.version)}
    assert client.post(f"{path}/{study.id}/edit", data=changed).status_code == 302
    assert "Reading for all" in client.get(path).text


def test_the_list_is_searched_narrowed_and_paged(
    world: World, make: Make, sign_in: SignIn, time_machine: Any
) -> None:
    time_machine.move_to(NOW, tick=False)
    assert "No case study has been published yet" in public(sign_in, "/case-studies").text
    study = world.published()
    for number in range(26):
        bid = make.bid(state=BidState.CLOSED, fund=world.bid.fund)
        make.case_study(
            bid,
            title=f"Sums {number}",
            expertise=Expertise.MATHS,
            published_at=NOW - timedelta(days=number + 1),
        )
    page = public(sign_in, "/case-studies").text
    assert page.index("Phonics in every class") < page.index("Sums 0")
    assert "Sums 24" not in page
    last = db.session.scalar(select(CaseStudy.id).where(CaseStudy.title == "Sums 23"))
    assert "Sums 25" in public(sign_in, f"/case-studies?after={last}").text
    for query, there in {
        "need=early_reading": True,
        "need=maths": False,
        "q=coached+teacher": True,
        "q=elm": True,
        "q=ash": False,
        "q=nothing": False,
        f"fund={world.bid.fund_id}&need=early_reading": True,
        "fund=999999": False,
        "phase=2&q=phonics": True,
        "phase=4": False,
        "need=nonsense&q=phonics": True,
    }.items():
        found = public(sign_in, f"/case-studies?{query}").text
        assert (f'href="/case-studies/{study.id}"' in found) is there, query
    assert "No case study matches" in public(sign_in, "/case-studies?q=nothing").text


def test_it_is_offered_where_a_school_looks_for_support(
    world: World, make: Make, sign_in: SignIn, time_machine: Any
) -> None:
    time_machine.move_to(NOW, tick=False)
    world.published()
    head = make.member(school := make.school())
    asked = make.support_request(school, world.bid.fund, by=head, expertise=Expertise.EARLY_READING)
    other = make.support_request(school, world.bid.fund, by=head, expertise=Expertise.GOVERNANCE)
    draft = make.bid(state=BidState.DRAFT, fund=world.bid.fund, lead=school, leader=head)
    draft.priority = world.bid.priority
    make.session.flush()
    client = sign_in(head)
    assert draft.priority is not None
    assert "Phonics in every class" in client.get("/directory?expertise=early_reading").text
    assert "Phonics in every class" in client.get(f"/support/{asked.id}").text
    assert "Phonics in every class" in client.get(f"/bids/{draft.reference}/form/need").text
    assert "Phonics in every class" not in client.get("/directory?expertise=governance").text
    assert "Phonics in every class" not in client.get(f"/support/{other.id}").text


def test_at_most_three_are_offered_those_of_the_same_phase_first(world: World, make: Make) -> None:
    for number, phase in enumerate((2, 4, 4, 2, 2)):
        bid = make.bid(state=BidState.CLOSED, fund=world.bid.fund, lead=make.school(phase_code=phase))
        make.case_study(bid, title=f"Number {number}", published_at=NOW - timedelta(days=number))
    found = [one.title for one in alike(expertise=Expertise.EARLY_READING, phase=4)]
    assert found == ["Number 1", "Number 2", "Number 0"]
    assert alike() == []


def test_reports_list_those_published_in_the_period_without_their_schools(world: World) -> None:
    world.published()
    day = NOW.date()
    part = case_studies(Cut(world.bid.fund, day - timedelta(days=30), day), NOW + timedelta(hours=1))
    (table,) = part.tables
    assert table.in_words(table.rows[0])[:2] == ["Phonics in every class", "Early reading and phonics"]
    assert "Oak" not in str(table.rows)
    earlier = case_studies(Cut(world.bid.fund, day - timedelta(days=60), day - timedelta(days=31)), NOW)
    assert earlier.tables == ()
