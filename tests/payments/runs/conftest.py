"""A fund that pays in runs, with six checked claims of six bids, and two finance officers."""

from dataclasses import dataclass

from fundflow.extensions import db
from fundflow.models.bid import Bid
from fundflow.models.fund import Fund
from fundflow.models.payment import Claim, ClaimKind
from fundflow.models.payment_run import PaymentRun
from fundflow.models.person import RoleName, User
from fundflow.payments.runs import answering, choosing, operations
from fundflow.payments.runs.answers import Change
from fundflow.steps import take_and_commit
from fundflow.workflow.application import BidState
from fundflow.workflow.claim import ClaimState
from tests.factories import Make
from tests.payments.conftest import LATER
from tests.scenes import scene


@dataclass
class Paying:
    """A fund that pays in runs, and its people."""

    make: Make
    fund: Fund
    claims: list[Claim]
    officer: User
    finance: User
    other: User

    def gather(self, user: User | None = None, layout: str = "plain_csv") -> PaymentRun:
        choice = next(one for one in choosing.choices_for(self.fund) if one.key == layout)
        return operations.gather(self.fund, choice, user=user or self.finance, now=LATER)

    def approve(self, run: PaymentRun, user: User | None = None) -> PaymentRun:
        operations.approve(run, user=user or self.other, now=LATER, version=run.version)
        return run

    def export(self, run: PaymentRun) -> PaymentRun:
        take_and_commit(run, "export", user=self.finance, now=LATER, version=run.version)
        return run

    def exported(self) -> PaymentRun:
        return self.export(self.approve(self.gather()))

    def answer(self, run: PaymentRun, text: str, user: User | None = None) -> dict[Change, int]:
        return answering.load(run, text, user=user or self.finance, now=LATER, version=run.version)


@dataclass
class Exported(Paying):
    """Likewise, with a run of all six claims that went to the finance system."""

    run: PaymentRun


def claim_on(make: Make, bid: Bid, pence: int, officer: User) -> Claim:
    """A checked claim of a bid's advance."""
    claim = Claim(
        bid=bid,
        school=bid.lead_school,
        number=1,
        kind=ClaimKind.ADVANCE,
        state=ClaimState.CERTIFIED,
        pence=pence,
        created_at=LATER,
        submitted_at=LATER,
        certified_at=LATER,
        certified_by_id=officer.id,
    )
    make.session.add(claim)
    return claim


def a_paying_fund(make: Make) -> Paying:
    fund = make.fund(lean_advance_percent=100, pays_in_runs=True)
    officer = make.staff(RoleName.OFFICER)
    claims = []
    for number in range(6):
        lead = make.school(f"School {number + 1}")
        bid = make.bid(state=BidState.IN_DELIVERY, fund=fund, lead=lead, leader=make.member(lead))
        claims.append(claim_on(make, bid, 300_000, officer))
    db.session.commit()
    return Paying(make, fund, claims, officer, make.staff(RoleName.FINANCE), make.staff(RoleName.FINANCE))


def an_exported_run(make: Make) -> Exported:
    paying = a_paying_fund(make)
    return Exported(**vars(paying), run=paying.exported())


paying = scene(a_paying_fund)
exported = scene(an_exported_run)


def answers(*rows: tuple[str, str, str, str]) -> str:
    """An answer file: payment id, amount, status and reason of each row."""
    lines = ["payment_id,gross,status,reason", *(",".join(row) for row in rows)]
    return "".join(f"{line}\r\n" for line in lines)
