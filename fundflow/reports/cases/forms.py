"""The form of a case study."""

from fundflow.models.bid import Bid
from fundflow.models.brokering import Expertise
from fundflow.models.case_study import HEADINGS, CaseStudy
from fundflow.reports.cases.words import Words, may_be_named
from fundflow.web import fields as f
from fundflow.web.forms import Form

NAMES = "Name no pupil, no member of staff and nobody else, and count no pupils."


class CaseStudyForm(Form):
    title = f.Text("Title", most=140, missing="Enter a title")
    expertise = f.Select(
        "What did the school need help with?",
        choices=[("", "Choose one"), *((one.value, one.words) for one in Expertise)],
        missing="Select what the school needed help with",
        description="Schools that look for help with the same find this case study.",
    )
    need = f.LongText(HEADINGS["need"], most=4000, rows=6, missing="Enter what was needed", description=NAMES)
    support = f.LongText(HEADINGS["support"], most=4000, rows=6, missing="Enter what was done")
    change = f.LongText(HEADINGS["change"], most=4000, rows=6, missing="Enter what changed")
    lessons = f.LongText(f"{HEADINGS['lessons']} (optional)", most=4000, rows=6)
    others = f.Checkboxes(
        "Name other schools that took part? (optional)",
        description="The head of each school that is named must agree.",
    )

    def offer(self, bid: Bid) -> None:
        """The schools that may be named beside those it is about."""
        self.others.choices = f.choices_of((str(one.id), one.name) for one in may_be_named(bid))

    def fill(self, words: Words, expertise: Expertise | None, study: CaseStudy | None = None) -> None:
        """What stands there, or what a draft begins with, on a page that is asked for."""
        if self.is_submitted():
            return
        for name, text in words._asdict().items():
            self[name].data = text
        self.expertise.data = expertise.value if expertise else ""
        self.others.data = [str(school.id) for school in study.schools] if study else []

    @property
    def words(self) -> Words:
        return Words(*(self[name].data or "" for name in Words._fields))

    @property
    def given(self) -> tuple[Words, Expertise, set[int]]:
        """What `operations.draft` and `write` take."""
        return self.words, Expertise(self.expertise.data), {int(number) for number in self.others.data or ()}
