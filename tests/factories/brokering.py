"""What schools offer and ask for, and whom we spoke to."""

from datetime import date
from typing import Any

from fundflow.models.bid import Bid
from fundflow.models.brokering import Contact, Expertise, How, OfferExpertise, SupportOffer, SupportRequest
from fundflow.models.case_study import CaseConsent, CaseStudy
from fundflow.models.engagement import ContactWay, Engagement
from fundflow.models.fund import Fund
from fundflow.models.person import User
from fundflow.models.practice import PracticeEntry, PracticeKind
from fundflow.models.school import School
from fundflow.workflow.case_study import CaseState
from fundflow.workflow.practice import PracticeState
from tests.factories.base import NOW, TODAY
from tests.factories.people import People


class Brokering(People):
    """The directory and its requests."""

    def offer(
        self, school: School, expertise: Expertise = Expertise.MATHS, *, half_days: int = 20, **values: Any
    ) -> SupportOffer:
        """A school offers ten days a year (primary) unless said otherwise."""
        offer = SupportOffer(
            **{
                "school": school,
                "title": f"Help with {expertise.words}",
                "phases": ["2"],
                "who": "Subject lead",
                "half_days": half_days,
                "updated_at": NOW,
                "updated_by": values.pop("by", None) or self.user(),
                **values,
            }
        )
        offer.expertise = [OfferExpertise(expertise=expertise)]
        return self._add(offer)

    def support_request(
        self, school: School, fund: Fund, *, by: User | None = None, **values: Any
    ) -> SupportRequest:
        """A school asks for six days of help with mathematics."""
        return self._add(
            SupportRequest(
                **{
                    "school": school,
                    "fund": fund,
                    "expertise": Expertise.MATHS,
                    "half_days": 12,
                    "need": "Results in mathematics fell for three years.",
                    "asked_at": NOW,
                    "state_since": NOW,
                    "asked_by": by or self.member(school),
                    **values,
                }
            )
        )

    def contact(self, school: School, by: User, **values: Any) -> Contact:
        return self._add(
            Contact(
                **{
                    "on": TODAY,
                    "how": How.PHONE,
                    "with_whom": "The head",
                    "said": "They want help.",
                    "school": school,
                    "at": NOW,
                    "by": by,
                    **values,
                }
            )
        )

    def practice_entry(
        self, fund: Fund, school: School, state: PracticeState = PracticeState.AGREED, **values: Any
    ) -> PracticeEntry:
        """A unit for deaf pupils, agreed unless said otherwise; the fund shares good practice."""
        fund.shares_practice = True
        by = values.pop("by", None) or self.user()
        agreed = {"agreed_at": NOW, "agreed_by": by} if state is PracticeState.AGREED else {}
        withdrawn = {"withdrawn_at": NOW} if state is PracticeState.WITHDRAWN else {}
        return self._add(
            PracticeEntry(
                **{
                    "fund": fund,
                    "school": school,
                    "state": state,
                    "state_since": NOW,
                    "kind": PracticeKind.UNIT,
                    "expertise": Expertise.SEND,
                    "title": "Unit for deaf pupils",
                    "what": "Ten places, and lessons in sign language.",
                    "review_on": date(2027, 9, 1),
                    "proposed_at": NOW,
                    "proposed_by": by,
                    **agreed,
                    **withdrawn,
                    **values,
                }
            )
        )

    def engagement(self, fund: Fund, school: School, by: User, **values: Any) -> Engagement:
        """A line of the engagement log; the fund keeps one."""
        fund.shares_practice = True
        return self._add(
            Engagement(
                **{
                    "fund": fund,
                    "school": school,
                    "on": TODAY,
                    "how": ContactWay.TRUST,
                    "with_whom": "The trust’s director of education",
                    "said": "They read the letter, and will talk to the head.",
                    "at": NOW,
                    "by": by,
                    **values,
                }
            )
        )

    def case_study(self, bid: Bid, state: CaseState = CaseState.PUBLISHED, **values: Any) -> CaseStudy:
        """A case study of a bid that names its lead school; published unless said otherwise."""
        agreed = state in (CaseState.AGREED, CaseState.PUBLISHED)
        study = CaseStudy(
            **{
                "bid": bid,
                "state": state,
                "expertise": Expertise.EARLY_READING,
                "title": "Phonics in every class",
                "need": "Too few pupils could read fluently.",
                "support": "A reading lead coached every teacher.",
                "change": "Teachers now follow one programme.",
                "lessons": "Give the coaching time in the timetable.",
                "drafted_at": NOW,
                "drafted_by": bid.officer or self.user(),
                "published_at": NOW if state is CaseState.PUBLISHED else None,
                **values,
            }
        )
        by = bid.agreed_by_id or bid.created_by.id
        consent = {"agreed_at": NOW, "agreed_by_id": by} if agreed else {}
        study.consents = [CaseConsent(school=bid.lead_school, **consent)]
        return self._add(study)
