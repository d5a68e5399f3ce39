"""The demonstration's case studies: one is published, one waits for its school, one comes back with a
suggestion, one is a draft."""

from collections.abc import Iterator
from datetime import datetime

from fundflow.demo.told import Told
from fundflow.models.brokering import Expertise
from fundflow.models.case_study import CaseStudy
from fundflow.models.person import RoleName, User
from fundflow.reports.cases import operations as write
from fundflow.reports.cases.words import Words

PHONICS, NUMBERS, ATTENDANCE, AUTISM = (
    "Phonics coaching in Reception and Year 1",
    "Number sense: joint planning across two schools",
    "Attendance partnership",
    "Autism-friendly classrooms",
)
WORDS = {
    PHONICS: Words(
        "Phonics: one programme, one coach, every classroom",
        "Too few of the youngest pupils met the phonics standard, and most teachers were new to the phase.",
        "A reading lead came every week for two terms. She taught beside each teacher, then watched, then let "
        "go. Both schools used one programme and one set of books.",
        "Results in phonics rose above the target. Teachers now plan each week’s lessons together.",
        "Put the coaching into the timetable before the term begins. Keep to one programme, even where parts "
        "of another look better.",
    ),
    NUMBERS: Words(
        "Number sense: planning together across two schools",
        "Pupils came into the junior years without secure number bonds, and the two schools planned apart.",
        "Teachers of both schools planned a term’s lessons together, and taught one of them in each classroom.",
        "Most of the way to the target was made in a year. The schools now share one plan from Reception up.",
        "Meet in person for the first plan. Later ones can be made by video call.",
    ),
    ATTENDANCE: Words(
        "Attendance: the first day matters most",
        "Persistent absence was higher than in the borough, and highest among the oldest pupils.",
        "An attendance lead worked with form tutors on calls home, meetings and rewards.",
        "Families hear from the school on the first day of absence.",
        "Agree who calls home, and by when, before anything else.",
    ),
    AUTISM: Words(
        "Autism: small changes in every lesson",
        "Staff asked for practical help with lessons for autistic pupils.",
        "A specialist teacher watched lessons, and showed what to change in the room and in the words.",
        "Staff feel more confident, and pupils ask for fewer breaks.",
        "",
    ),
}


def told_cases(told: Told) -> tuple[Iterator[datetime], ...]:
    return _published(told), _asked(told), _to_change(told), _draft(told)


def _published(told: Told) -> Iterator[datetime]:
    impact = told.people.staff(RoleName.IMPACT_OFFICER)
    yield (now := told.at(-42))
    study = _drafted(told, PHONICS, Expertise.EARLY_READING, impact, now)
    yield (now := told.at(-41))
    write.ask(study, user=impact, now=now, version=study.version)
    yield (now := told.at(-38))
    for school in study.schools:
        write.agree(study, user=told.people.head(school.urn), now=now, version=study.version)
    yield (now := told.at(-37))
    write.publish(study, user=impact, now=now, version=study.version)


def _asked(told: Told) -> Iterator[datetime]:
    officer = told.people.staff(RoleName.OFFICER)
    yield (now := told.at(-6))
    study = _drafted(told, NUMBERS, Expertise.MATHS, officer, now)
    yield (now := told.at(-5))
    write.ask(study, user=officer, now=now, version=study.version)


def _to_change(told: Told) -> Iterator[datetime]:
    impact = told.people.staff(RoleName.IMPACT_OFFICER)
    yield (now := told.at(-12))
    study = _drafted(told, ATTENDANCE, Expertise.BEHAVIOUR, impact, now)
    write.ask(study, user=impact, now=now, version=study.version)
    yield (now := told.at(-9))
    head = told.people.head(study.schools[0].urn)
    said = "Say that the form tutors asked for this themselves. It would not have worked otherwise."
    write.suggest(study, said, user=head, now=now, version=study.version)


def _draft(told: Told) -> Iterator[datetime]:
    """The first draft was set aside; the second is being written."""
    officer = told.people.staff(RoleName.OFFICER)
    yield (now := told.at(-8))
    first = _drafted(told, AUTISM, Expertise.SEND, officer, now)
    yield (now := told.at(-7))
    why = "It was too long to be read. I begin again."
    write.discard(first, why, user=officer, now=now, version=first.version)
    yield (now := told.at(-4))
    _drafted(told, AUTISM, Expertise.SEND, officer, now)


def _drafted(told: Told, title: str, expertise: Expertise, user: User, now: datetime) -> CaseStudy:
    bid = told.bids[title]
    return write.draft(bid, WORDS[title], expertise, user=user, now=now, version=bid.version)
