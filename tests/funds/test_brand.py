"""The council's colour and logo: a draft to look at, then in the header of every page."""

import io
from typing import Any

import pytest
from flask.testing import FlaskClient
from PIL import Image
from sqlalchemy import select
from sqlalchemy.orm import Session

from fundflow.clock.tidying import tidy_files
from fundflow.files import files
from fundflow.files.named import named
from fundflow.funds.operations import brand as operations
from fundflow.models.history import HistoryEntry
from fundflow.models.installation import Brand
from fundflow.models.person import RoleName
from fundflow.rules.colours import colour_of, contrast_with_white, lighter, why_not_readable
from fundflow.web import brand
from fundflow.web.headers import FOR_GOOD
from fundflow.workflow.engine import Refused
from tests.factories import NOW, Make
from tests.files.samples import png_claiming
from tests.signing_in import Enter


@pytest.fixture
def as_admin(make: Make, as_admin: FlaskClient) -> FlaskClient:
    make.session.commit()  # taking a file in begins with a rollback
    return as_admin


BLUE, STYLE = "#1d70b8", "/brand/1d70b8.css"
OAK = "Oak tree"


def picture(width: int = 120, height: int = 60, kind: str = "PNG", **options: Any) -> bytes:
    kept = io.BytesIO()
    Image.new("RGB", (width, height), "#336633").save(kept, kind, **options)
    return kept.getvalue()


def noise(width: int, height: int) -> bytes:
    """A picture that can't be packed."""
    kept = io.BytesIO()
    Image.effect_noise((width, height), 100).convert("RGB").save(kept, "PNG")
    return kept.getvalue()


def prepare(client: FlaskClient, logo: bytes | None = None, name: str = "logo.png", **given: Any) -> Any:
    answers = {"colour": BLUE, "alt_text": "" if logo is None else OAK, **given}
    if logo is not None:
        answers["logo"] = (io.BytesIO(logo), name)
    return client.post("/funds/brand", data=answers, content_type="multipart/form-data")


def decide(client: FlaskClient, act: str = "put", version: int = 1) -> Any:
    return client.post("/funds/brand/preview", data={"act": act, "version": version})


def put(client: FlaskClient, logo: bytes | None = None, version: int = 1, **given: Any) -> None:
    assert prepare(client, logo, **given).location == "/funds/brand/preview"
    assert decide(client, version=version).location == "/funds/brand"


def versions(session: Session) -> list[Brand]:
    session.expire_all()
    return list(session.scalars(select(Brand).order_by(Brand.id)))


def test_a_colour_and_a_logo_stand_on_every_page_once_they_are_in_force(
    as_admin: FlaskClient, sign_in: Enter, session: Session
) -> None:
    for path in ("/me", "/privacy", "/nothing"):
        page = as_admin.get(path).text
        assert "/brand/" not in page, path
        assert "ff-header__mark" in page, path
    put(as_admin, picture())
    (kept,) = versions(session)
    logo = f'src="/brand/logo/{kept.sha256}" alt="{OAK}" width="120" height="60"'
    for path in ("/funds", "/me"):
        assert logo in " ".join(as_admin.get(path).text.split())
    for path in ("/", "/sign-in", "/privacy", "/rounds", "/nothing", "/approve/x"):
        page = sign_in(None).get(path).text
        assert f'<link rel="stylesheet" href="{STYLE}">' in page, path
        assert f'content="{BLUE}"' in page, path
        assert logo in " ".join(page.split()), path
        assert "ff-header__mark" not in page, path
        assert "style=" not in page, path


def test_nobody_else_sees_a_draft(as_admin: FlaskClient, session: Session) -> None:
    prepare(as_admin, picture())
    (draft,) = versions(session)
    preview = as_admin.get("/funds/brand/preview").text
    for shown in (STYLE, f"/brand/logo/{draft.sha256}"):
        assert f'="{shown}"' in preview
        for path in ("/funds", "/funds/brand", "/privacy"):
            assert shown not in as_admin.get(path).text
    assert "Una Admin prepared a change" in as_admin.get("/funds/brand").text


def test_a_draft_that_is_thrown_away_changes_nothing_and_leaves_no_file(
    as_admin: FlaskClient, session: Session
) -> None:
    prepare(as_admin, picture())
    key = versions(session)[0].store_key
    assert decide(as_admin, "drop").location == "/funds/brand"
    assert versions(session) == []
    assert as_admin.get("/funds/brand/preview").location == "/funds/brand"
    assert named(session) == []
    assert key in set(files().keys())  # until the store is tidied


def test_a_draft_takes_the_place_of_the_one_before(as_admin: FlaskClient, session: Session) -> None:
    prepare(as_admin, picture())
    prepare(as_admin, colour="#000", alt_text="Old oak")
    (draft,) = versions(session)
    assert (draft.colour, draft.alt_text, draft.width, draft.version) == ("#000000", "Old oak", 120, 2)
    assert decide(as_admin, version=1).status_code == 409  # it shows another
    assert draft.number is None
    assert decide(as_admin, version=2).location == "/funds/brand"


def test_every_version_stays_with_who_and_when(as_admin: FlaskClient, session: Session) -> None:
    put(as_admin, picture())
    put(as_admin, colour="#005a30", alt_text=OAK)
    put(as_admin, colour="", without_logo="y")
    first, second, third = versions(session)
    assert first.store_key == second.store_key
    assert [one.number for one in (first, second, third)] == [1, 2, 3]
    assert (third.colour, third.store_key, third.alt_text) == ("", None, "")
    page = as_admin.get("/funds/brand").text
    assert page.index("Version 3") < page.index("Version 2") < page.index("Version 1")
    assert page.count("Una Admin") >= 3
    assert "#005a30" in page
    assert "/brand/" not in as_admin.get("/privacy").text
    assert as_admin.get(f"/brand/logo/{first.sha256}").status_code == 200
    assert [file.key for file in named(session)] == [first.store_key]  # once, for a backup
    entries = session.scalars(select(HistoryEntry).where(HistoryEntry.process == "brand")).all()
    assert [entry.given["colour"] for entry in entries] == [
        [None, BLUE],
        [BLUE, "#005a30"],
        ["#005a30", ""],
    ]


def test_what_was_in_force_is_never_changed(as_admin: FlaskClient, session: Session) -> None:
    put(as_admin)
    (kept,) = versions(session)
    kept.colour = "#000000"
    with pytest.raises(Exception, match="append-only"):
        session.flush()
    session.rollback()


def test_a_logo_that_a_version_names_is_not_tidied_away(as_admin: FlaskClient, session: Session) -> None:
    put(as_admin, picture())
    tidy_files(NOW.replace(year=NOW.year + 20))
    (kept,) = versions(session)
    assert as_admin.get(f"/brand/logo/{kept.sha256}").status_code == 200


@pytest.mark.parametrize(
    ("colour", "says"),
    [
        ("#ffdd00", "its contrast is 1.34 to 1, and at least 4.5 to 1 is needed"),
        ("#777777", "its contrast is 4.47 to 1"),
        ("fff", "its contrast is 1.00 to 1"),
        ("blue", "Enter a colour as #"),
        ("#12345", "Enter a colour as #"),
        ("#0b4f4a;}", "Enter a colour as #"),
        ("#١١١", "Enter a colour as #"),
    ],
)
def test_a_colour_that_text_can_not_be_read_on_is_refused_and_kept(
    as_admin: FlaskClient, session: Session, colour: str, says: str
) -> None:
    answer = prepare(as_admin, colour=colour)
    assert answer.status_code == 422
    assert says in answer.text
    assert f'value="{colour}"' in answer.text
    assert versions(session) == []


HTML = b"<!doctype html><script>alert(1)</script>"


@pytest.mark.parametrize(
    ("logo", "name", "says"),
    [
        (HTML, "logo.png", "it is not a PNG picture. Choose a JPEG or PNG file"),
        (b"\x89PNG\r\n\x1a\n" + HTML, "logo.png", "damaged or incomplete"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "logo.svg", "“.svg” can’t be attached"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'/>", "logo.png", "it is not a PNG picture"),
        (picture(kind="JPEG"), "logo.png", "it is a JPEG picture"),
        (picture(kind="GIF"), "logo.gif", "“.gif” can’t be attached"),
        (b"%PDF-1.7\n", "logo.pdf", "“.pdf” can’t be attached"),
        (b"", "logo.png", "The file is empty"),
        (picture(39, 60), "logo.png", "39 by 60 pixels. Each side must be 40 to 1,200 pixels"),
        (picture(1201, 60), "logo.png", "1,201 by 60 pixels"),
        (png_claiming(60_000, 60_000), "logo.png", "more than 60 million pixels"),
        (noise(400, 400), "logo.png", "larger than 200 KB"),
    ],
)
def test_what_can_not_be_a_logo_is_refused_and_not_stored(
    as_admin: FlaskClient, session: Session, logo: bytes, name: str, says: str
) -> None:
    before = set(files().keys())
    answer = prepare(as_admin, logo, name)
    assert answer.status_code == 422
    assert says in answer.text
    assert versions(session) == []
    assert set(files().keys()) == before


@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
def test_a_logo_is_written_again_without_what_is_hidden_in_it(
    as_admin: FlaskClient, session: Session, kind: str
) -> None:
    ending = {"PNG": "png", "JPEG": "jpg"}[kind]
    put(as_admin, picture(kind=kind) + HTML, name=f"logo.{ending}")
    (kept,) = versions(session)
    answer = as_admin.get(f"/brand/logo/{kept.sha256}")
    assert answer.content_type == f"image/{kind.lower()}"
    assert b"script" not in answer.data
    assert Image.open(io.BytesIO(answer.data)).size == (120, 60)
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_a_logo_needs_its_words(as_admin: FlaskClient, session: Session) -> None:
    answer = prepare(as_admin, picture(), alt_text=" ")
    assert answer.status_code == 422
    assert "Enter what the logo shows" in answer.text
    prepare(as_admin, picture())
    assert "Enter what the logo shows" in prepare(as_admin, alt_text="").text
    both = prepare(as_admin, picture(), without_logo="y")
    assert "Choose a new logo, or take the logo away, not both" in both.text
    prepare(as_admin, alt_text=OAK, without_logo="y")
    assert versions(session)[0].alt_text == ""  # of no logo


def test_words_of_a_logo_are_text(as_admin: FlaskClient) -> None:
    put(as_admin, picture(), alt_text='"><script>')
    assert 'alt="&#34;&gt;&lt;script&gt;"' in as_admin.get("/privacy").text


def test_only_an_administrator_of_every_fund_changes_them(
    make: Make, sign_in: Enter, session: Session
) -> None:
    of_one = make.user()
    make.role(of_one, RoleName.ADMINISTRATOR, fund=make.fund())
    session.commit()
    others = [of_one, make.staff(RoleName.AUDITOR), make.staff(RoleName.OFFICER)]
    session.commit()
    for user in others:
        client = sign_in(user)
        for answer in (client.get("/funds/brand"), prepare(client), decide(client)):
            assert answer.status_code == 403
        with pytest.raises(Refused, match="of every fund"):
            operations.prepare(colour=BLUE, logo=None, keep_logo=True, alt_text="", user=user, now=NOW)
    assert versions(session) == []
    assert "/funds/brand" not in sign_in(of_one).get("/funds").text
    assert "/funds/brand" in sign_in(make.staff(RoleName.ADMINISTRATOR)).get("/funds").text


def test_the_operation_refuses_a_colour_by_itself(make: Make, session: Session) -> None:
    user = make.staff(RoleName.ADMINISTRATOR)
    for colour in ("#ffdd00", "red", "#ABC"):
        with pytest.raises(Refused):
            operations.prepare(colour=colour, logo=None, keep_logo=True, alt_text="", user=user, now=NOW)


def test_a_second_click_puts_one_version_in_force(as_admin: FlaskClient, session: Session) -> None:
    put(as_admin)
    assert decide(as_admin).location == "/funds/brand"
    assert len(versions(session)) == 1


# -- what the header takes ---------------------------------------------------------------------------


def test_a_style_is_that_of_its_colour_and_asks_no_database(
    client: FlaskClient, count_queries: list[str]
) -> None:
    answer = client.get(STYLE)
    assert answer.text == ":root { --govuk-brand-colour: #1d70b8; --ff-brand-light: #8eb7db; }\n"
    assert answer.mimetype == "text/css"
    assert count_queries == []
    for wrong in ("/brand/1D70B8.css", "/brand/fff.css", "/brand/red%7D.css", "/brand/1d70b8"):
        assert client.get(wrong).status_code == 404
    assert client.get("/brand/logo/" + "0" * 64).status_code == 404


def test_styles_and_logos_are_kept_for_good_and_carry_nobodys_session(
    as_admin: FlaskClient, session: Session
) -> None:
    put(as_admin, picture())
    (kept,) = versions(session)
    with as_admin.session_transaction() as cookie:
        cookie.permanent = True
    for path in (STYLE, f"/brand/logo/{kept.sha256}"):
        answer = as_admin.get(path)
        assert answer.headers["Cache-Control"] == FOR_GOOD
        assert "Set-Cookie" not in answer.headers
        assert "Cookie" not in answer.headers.get("Vary", "")
    gone = as_admin.get("/brand/logo/" + "0" * 64)
    assert gone.headers["Cache-Control"] == "no-store"
    assert "Set-Cookie" in as_admin.get("/me").headers


def test_a_logo_whose_bytes_are_gone_is_not_there(as_admin: FlaskClient, session: Session) -> None:
    put(as_admin, picture())
    (kept,) = versions(session)
    files().delete(kept.store_key or "")
    assert as_admin.get(f"/brand/logo/{kept.sha256}").status_code == 404


def test_the_brand_is_asked_for_once_a_minute_and_again_when_it_changes(
    as_admin: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = as_admin.application
    monkeypatch.setitem(app.config, "BRAND_SECONDS", 60)
    with app.app_context():
        brand.forget()
    assert STYLE not in as_admin.get("/privacy").text
    put(as_admin)
    page = as_admin.get("/privacy").text
    assert STYLE in page
    monkeypatch.setattr(brand._kept, "read", lambda: brand.Shown())
    assert STYLE in as_admin.get("/privacy").text
    with app.app_context():
        brand.forget()
    assert STYLE not in as_admin.get("/privacy").text
    with app.app_context():
        brand.forget()


# -- colours -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "colour"),
    [("#1D70B8", BLUE), ("1d70b8", BLUE), (" #abc ", "#aabbcc"), ("#abcd", None), ("", None), ("#١١١", None)],
)
def test_colours_are_read_as_people_write_them(typed: str, colour: str | None) -> None:
    assert colour_of(typed) == colour


def test_contrast_is_counted_as_wcag_does() -> None:
    assert contrast_with_white("#ffffff") == pytest.approx(1)
    assert contrast_with_white("#000000") == pytest.approx(21)
    assert contrast_with_white("#777777") == pytest.approx(4.478, abs=0.001)
    assert why_not_readable("#767676") is None  # the lightest grey that passes
    assert why_not_readable("#777777")
    assert lighter("#000000") == "#7f7f7f"
