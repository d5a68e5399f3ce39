"""Frozen copies, papers and files against their hashes."""

import hashlib
from typing import Any

from sqlalchemy import String, cast, func, literal, or_, select

from fundflow.checking.registry import Queries, check
from fundflow.files import files
from fundflow.models.award import Award
from fundflow.models.bid import Bid
from fundflow.models.chain import Seal
from fundflow.models.files import Attachment
from fundflow.models.fund import Fund
from fundflow.models.minutes import Minutes, Paper
from fundflow.models.panel import AgendaItem
from fundflow.models.payment_run import PaymentRun
from fundflow.models.pdf import Pdf, PdfState
from fundflow.models.register import RegisterFile
from fundflow.models.review import Submission
from fundflow.papers import fingerprint
from fundflow.rules.frozen_copies import hash_now, newest_hashes


def _sent() -> Queries:
    columns = (Submission.id, Submission.number, Submission.answers, Submission.sha256)
    return [
        select(Bid.reference, *columns, newest_hashes().label("since"))
        .join(Bid, Bid.id == Submission.bid_id)
        .where(Bid.removed_at.is_(None))
    ]


@check("Every version of a bid that was sent is as it was frozen, but for removed people’s names.", _sent)
def sent_versions(row: Any) -> str | None:
    known = hash_now(row.since, "submission", row.id, row.sha256)
    if hashlib.sha256(row.answers.encode()).hexdigest() == known:
        return None
    return f"{row.reference}: version {row.number} is not what was sent."


def _papers() -> Queries:
    return [
        select(Bid.reference, Paper, Submission, newest_hashes().label("since"))
        .join(AgendaItem, AgendaItem.id == Paper.item_id)
        .join(Bid, Bid.id == AgendaItem.bid_id)
        .outerjoin(Submission, Submission.id == Paper.submission_id)
        .where(Bid.removed_at.is_(None))
    ]


@check("Papers are as they were issued to the panel, but for removed people’s names.", _papers)
def papers(row: Any) -> str | None:
    paper = row.Paper
    known = hash_now(row.since, "paper", paper.id, paper.sha256)
    if fingerprint(row.Submission, paper.report, paper.figures) == known:
        return None
    return f"{row.reference}: papers number {paper.number} (item {paper.item_id}) are not what was issued."


def _numbered() -> Queries:
    return [
        select(Bid.reference, literal(what).label("what"))
        .join(model, model.bid_id == Bid.id)
        .group_by(Bid.id, Bid.reference)
        .having(or_(func.max(model.number) != func.count(), func.min(model.number) != 1))
        for what, model in (("sent", Submission), ("of the award", Award))
    ]


@check("No frozen version of a bid or of its award is missing.", _numbered)
def versions_without_gaps(row: Any) -> str:
    return f"{row.reference}: a version {row.what} is missing."


def _run_files() -> Queries:
    columns = (PaymentRun.id, PaymentRun.number, PaymentRun.sha256, PaymentRun.content)
    return [select(*columns).where(PaymentRun.approved_at.is_not(None), func.length(PaymentRun.content) > 0)]


@check("The file of a payment run is the one that was approved.", _run_files)
def run_files(row: Any) -> str | None:
    if hashlib.sha256(row.content).hexdigest() == row.sha256:
        return None
    return f"The file of payment run {row.number} (/money/runs/{row.id}) is not the one that was approved."


def _stored() -> Queries:
    attached = select(
        (Bid.reference + ": “" + Attachment.name + "”").label("what"), Attachment.store_key, Attachment.sha256
    ).join(Bid, Bid.id == Attachment.bid_id)
    attached = attached.where(Bid.removed_at.is_(None))
    made = select(literal("A PDF").label("what"), Pdf.store_key, Pdf.sha256).where(Pdf.state == PdfState.MADE)
    waiting = select(RegisterFile.name.label("what"), RegisterFile.store_key, RegisterFile.sha256)
    return [attached, made, waiting.where(RegisterFile.store_key != "")]


@check("Every file that is kept has the bytes that were stored.", _stored)
def stored_files(row: Any) -> str | None:
    found = files().hash_of(row.store_key)
    if found == row.sha256:
        return None
    what = "is missing or out of reach" if found is None else "is not what was stored"
    return f"{row.what} {what} (stored as {row.store_key})."


def _seals_named() -> Queries:
    known = select(Seal.hash)
    runs = select(
        (Fund.prefix + literal("-RUN-") + cast(PaymentRun.number, String)).label("what"), PaymentRun.seal
    )
    minutes = select(
        (literal("The minutes of meeting ") + cast(Minutes.meeting_id, String)).label("what"), Minutes.seal
    )
    return [
        runs.join(Fund, Fund.id == PaymentRun.fund_id).where(
            PaymentRun.seal != "", PaymentRun.seal.not_in(known)
        ),
        minutes.where(Minutes.seal != "", Minutes.seal.not_in(known)),
    ]


@check("Agreed minutes and approved payment runs name seals that are there.", _seals_named)
def seals_named(row: Any) -> str:
    return f"{row.what} names a seal that is not among the seals: they were written again since."
