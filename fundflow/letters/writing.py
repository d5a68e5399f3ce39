"""Writing letters: rows in the outbox, in the caller's transaction."""

import secrets
from collections.abc import Collection, Mapping
from datetime import datetime
from functools import cache
from typing import Any

from flask import current_app

from fundflow.extensions import db
from fundflow.letters.addressee import STAFF, Addressee, letter_key
from fundflow.letters.brake import refuse_again_so_soon
from fundflow.letters.contact import contact_for, fund_of_letter, whom_to_ask
from fundflow.letters.frame import CLOSING, OPENING, framed
from fundflow.letters.recipients import addressees, each_to_tell
from fundflow.letters.rendering import render
from fundflow.models.confirmation import Confirmation
from fundflow.models.history import HistoryEntry
from fundflow.models.letter import Letter, LetterStatus
from fundflow.models.person import LinkPurpose, User
from fundflow.rules.award_sums import sum_of, sum_of_new
from fundflow.workflow.engine import Money, Step

# Where the worker writes the one-time link it mints; the stored letter never holds one.
LINK = "[one-time link]"
NO_ACCOUNT = "\nTo open this page you need an account. Reply to this email and we will set one up for you.\n"


def write_for_step(
    record: Any, step: Step, entry: HistoryEntry, given: Mapping[str, Any], *, skipped: Collection[str] = ()
) -> list[Letter]:
    """The letters of a step: `each_to_tell` says to whom, without the `skipped` recipients."""
    context = {"record": record, "step": step, "entry": entry, "given": given, "reason": entry.reason}
    # The same in every letter of a step.
    context["sum_of"] = cache(sum_of_new if step.money is Money.AWARD else sum_of)
    db.session.flush()
    with db.session.no_autoflush:  # no letter reads another, so all are inserted at once
        return [
            write_letter(
                f"{record.workflow.name}/{step.name}.txt",
                recipient,
                who,
                key=letter_key(entry.id, recipient, who),
                now=entry.at,
                bid=record.bid,
                entry=entry,
                path=None if record.bid else record.path,
                context=context,
            )
            for recipient, who in each_to_tell(step.emails, record, entry.at, skipped=skipped)
        ]


def write_to_other_finance(record: Any, template: str, entry: HistoryEntry, user: User) -> None:
    """Write to the finance officers who can confirm what this person entered or proposed; to themselves
    where nobody else can."""
    db.session.flush()  # letters point at the entry
    finance = addressees("finance", record, entry.at)
    for who in {who.email: who for who in finance if who.user is not user}.values() or finance:
        write_letter(
            template,
            "finance",
            who,
            key=letter_key(entry.id, "finance", who),
            now=entry.at,
            entry=entry,
            path=record.path,
            context={"record": record, "proposer": user.name},
        )


def write_letter(
    template: str,
    recipient: str,
    who: Addressee,
    *,
    key: str,
    now: datetime,
    bid: Any = None,
    entry: HistoryEntry | None = None,
    context: Mapping[str, Any] | None = None,
    link: LinkPurpose | None = None,
    path: str | None = None,
) -> Letter:
    """Put one letter into the outbox. `key` is unique: the same letter is never written twice.

    entry the act that it tells of; raises Refused where its person did the same too often in an hour
    link  the kind of one-time link the worker mints at delivery in place of `LINK`
    path  the page the letter points at, else where the person who is asked answers, else the bid's
    """
    if entry is not None:
        refuse_again_so_soon(entry, who.email)
    by_link = who.asked is not None and who.user is None
    if by_link:
        link = LinkPurpose.ANSWER
    subject, body = composed(
        template, recipient, who, now=now, bid=bid, context=context, link=link, path=path
    )
    staff = recipient in STAFF
    digest = staff and who.user is not None and not who.user.each_letter and link is None
    letter = Letter(
        key=key,
        bid_id=bid.id if bid else None,
        history_entry_id=entry.id if entry else None,
        user_id=who.user.id if who.user else None,
        recipient=recipient,
        name=who.name[:120],
        email=who.email,
        reply_to=contact_for(_about(bid, context)).email,
        outside=not staff,
        subject=subject,
        body=body,
        link_purpose=link,
        asked_process=who.asked.workflow.name if who.asked and by_link else None,
        asked_id=who.asked.id if who.asked and by_link else None,
        status=LetterStatus.IN_DIGEST if digest else LetterStatus.QUEUED,
        written_at=now,
        due=now,
    )
    db.session.add(letter)
    return letter


def composed(
    template: str,
    recipient: str,
    who: Addressee,
    *,
    now: datetime,
    bid: Any = None,
    context: Mapping[str, Any] | None = None,
    link: LinkPurpose | None = None,
    path: str | None = None,
) -> tuple[str, str]:
    """The subject and the whole text of a letter, as `write_letter` keeps them."""
    place = path or _answer_page(who) or (f"/bids/{bid.reference}" if bid else "/")
    url = secrets.token_hex(16) if link else page_url(place)  # a mark nobody can write beforehand
    subject, text = render(
        template,
        recipient,
        {
            **_surroundings(),
            "bid": bid,
            "who": who,
            "url": url,
            "now": now,
            **(context or {}),
        },
    )
    if who.user is None and link is None and url in text:
        text += NO_ACCOUNT
    return subject, _with_place_for_link(_whole(text, who, bid, _about(bid, context)), url if link else None)


def _answer_page(who: Addressee) -> str | None:
    return who.asked.path if isinstance(who.asked, Confirmation) else None


def _with_place_for_link(body: str, mark: str | None) -> str:
    """The body with `LINK` where the letter itself puts it, and nowhere in words others typed.

    Else a school could have its approver's one-time link written behind an address of its own.
    """
    said = body.replace(LINK, LINK.strip("[]"))
    return said.replace(mark, LINK) if mark else said


def _about(bid: Any, context: Mapping[str, Any] | None) -> Any:
    """The bid, else the record that a letter speaks of, else None."""
    return bid if bid is not None else (context or {}).get("record")


def _whole(text: str, who: Addressee, bid: Any, record: Any) -> str:
    config = current_app.config
    heading = f"Bid {bid.reference}: {bid.listed_title or 'no title yet'}\n\n" if bid else ""
    ask = whom_to_ask(who, record)
    fund = fund_of_letter(record)
    values = {
        "name": who.name,
        "fund": fund.name if fund else config["SERVICE"],
        "service": config["SERVICE"],
        "council": config["COUNCIL"],
    }
    opening = framed((fund and fund.letter_opening) or OPENING, values)
    closing = framed((fund and fund.letter_closing) or CLOSING, values)
    return f"{opening}\n\n{heading}{text}\n{ask}\n\n{closing}\n"


def page_url(path: str) -> str:
    """The whole address of a page, for a letter."""
    return str(current_app.config["BASE_URL"]).rstrip("/") + path


def _surroundings() -> dict[str, Any]:
    """What every letter may name."""
    config = current_app.config
    return {
        "council": config["COUNCIL"],
        "service": config["SERVICE"],
        "base": page_url(""),
        "sign_in_minutes": config["SIGN_IN_MINUTES"],
    }
