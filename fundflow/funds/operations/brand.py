"""The council's colour and logo: a draft to look at, then a new version in force."""

from datetime import datetime

from PIL import Image
from sqlalchemy import func, select

from fundflow.extensions import db
from fundflow.files import Received, Sent, Unfit, files, receiving
from fundflow.files.kinds import PHOTOGRAPHS
from fundflow.funds import brand_queries
from fundflow.history import record_event
from fundflow.models.installation import Brand
from fundflow.models.person import RoleName, User
from fundflow.rules.colours import NO_COLOUR, colour_of, why_not_readable
from fundflow.steps import Stale, lock_row
from fundflow.workflow.engine import Refused, refuse_if
from fundflow.workflow.working_days import london_date

MOST_KB = 200
SMALLEST, LARGEST = 40, 1200  # pixels of a side


def prepare(
    *,
    colour: str,
    logo: Sent | None,
    keep_logo: bool,
    alt_text: str,
    user: User,
    now: datetime,
) -> Brand:
    """Make this the draft, instead of the one there is.

    colour     “#0b4f4a”; empty for the service's own
    keep_logo  of the draft, else of the version in force, where no other is sent
    Raises Refused for anybody but an administrator of every fund and for a colour that white text can't be
    read on, Unfit for what can't be a logo.
    """
    _may_change(user, now)
    if colour:
        refuse_if(why_not_readable(colour) if colour_of(colour) == colour else NO_COLOUR)
    with receiving([logo] if logo else [], PHOTOGRAPHS) as received:
        size = _size_of(received[0], logo) if received else None
        before = brand_queries.latest()
        draft = brand_queries.draft() or Brand(version=0)
        if draft.version:
            lock_row(draft)
        if received and size:
            _set_logo(draft, received[0], size)
        else:
            _copy_logo(before if keep_logo else None, draft)
        draft.colour, draft.alt_text = colour, alt_text if draft.store_key else ""
        draft.made_at, draft.made_by_id = now, user.id
        draft.version += 1
        db.session.add(draft)
        db.session.commit()
    return draft


def put_in_force(draft: Brand, *, version: int, user: User, now: datetime) -> None:
    """Give the draft the next number. Raises Refused for anybody but an administrator of every fund, and
    Stale where somebody changed it since the page was made."""
    _may_change(user, now)
    lock_row(draft)
    if draft.number is not None:
        return  # a second click
    if version != draft.version:
        raise Stale
    before = brand_queries.in_force()
    draft.number = (db.session.scalar(select(func.max(Brand.number))) or 0) + 1
    draft.put_at, draft.put_by_id = now, user.id
    given = {name: [getattr(before, name, None), getattr(draft, name)] for name in ("colour", "sha256")}
    record_event(
        draft,
        "put_in_force",
        f"Version {draft.number} of the colour and logo was put in force",
        user=user,
        now=now,
        given=given,
    )
    db.session.commit()


def drop(draft: Brand, *, version: int, user: User, now: datetime) -> None:
    """Delete the draft; its logo goes when the store is tidied. Raises Refused and Stale as above."""
    _may_change(user, now)
    lock_row(draft)
    if draft.number is not None or version != draft.version:
        raise Stale
    db.session.delete(draft)
    db.session.commit()


def _may_change(user: User, now: datetime) -> None:
    held = user.roles_on(london_date(now), every_fund=True)
    if not user.active or RoleName.ADMINISTRATOR not in held:
        raise Refused("Only an administrator of every fund can change the colour and logo.")


def _size_of(logo: Received, sent: Sent | None) -> tuple[int, int]:
    """Width and height in pixels, of what was written again and so is a picture; raises Unfit."""
    if logo.size > MOST_KB * 1024:
        raise _unfit(f"The logo is larger than {MOST_KB} KB. Make it smaller, then choose it again", sent)
    with files().fetch(logo.store_key, logo.sha256) as file, Image.open(file) as picture:
        width, height = picture.size
    if not SMALLEST <= min(width, height) <= max(width, height) <= LARGEST:
        raise _unfit(
            f"The logo is {width:,} by {height:,} pixels. Each side must be {SMALLEST} to {LARGEST:,} "
            "pixels. Change its size, then choose it again",
            sent,
        )
    return width, height


def _unfit(sentence: str, sent: Sent | None) -> Unfit:
    why = Unfit(sentence)
    why.sent = sent
    return why


def _set_logo(draft: Brand, logo: Received, size: tuple[int, int]) -> None:
    draft.kind, draft.store_key, draft.sha256 = logo.kind, logo.store_key, logo.sha256
    draft.width, draft.height = size


def _copy_logo(source: Brand | None, draft: Brand) -> None:
    for name in ("kind", "store_key", "sha256", "width", "height"):
        setattr(draft, name, getattr(source, name, None))
