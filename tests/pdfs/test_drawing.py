"""PDFs that were ordered are made once, tried again where that fails, and forgotten after a while."""

import io
import logging
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select, update

from fundflow.clock.tidying import KEEP_PDFS, KEEP_STRAY_FILES, tidy, tidy_files
from fundflow.extensions import db
from fundflow.files import files
from fundflow.models.pdf import Pdf, PdfState
from fundflow.pdfs import drawing
from fundflow.pdfs.drawing import DELAYS, LEASE, NOTE_PLACE, PARTS_WAIT, NotMade, draw
from fundflow.pdfs.lost_letters import noticed
from fundflow.pdfs.orders import Wanted, find_or_order, order
from tests.factories import NOW
from tests.files.kept import Kept, kept  # noqa: F401 (a fixture)
from tests.pdf import needs_pango, press_here, text_of

MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
MISSING = "Some letters are missing from this PDF."
NAMES = {"Gurmukhi": "ਗੁਰਪ੍ਰੀਤ ਕੌਰ", "Bengali": "রহিমা বেগম", "Tamil": "முருகன்", "Chinese": "王小明"}


def page(body: str = "Words", name: str = "A page") -> str:
    return f'<html lang="en-GB"><title>{name}</title><main>{NOTE_PLACE}<p>{body}</p></main>'


def wanted(body: str = "Words", *parts: Wanted) -> Wanted:
    return Wanted(page(body), "/page", tuple((f"part-{n}", part) for n, part in enumerate(parts)))


def found(one: Wanted) -> Pdf:
    db.session.expire_all()
    return db.session.scalars(select(Pdf).where(Pdf.key == one.key)).one()


def said(one: Wanted) -> str:
    pdf = found(one)
    with files().fetch(pdf.store_key or "", pdf.sha256 or "") as file:
        return text_of(file.read())


class Written:
    """A press that writes something at once; what it was asked for, in its order."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.asked: list[str] = []
        self.fails = ""
        monkeypatch.setattr(drawing.Press, "make", self.make)

    def make(self, page: str, parts: list[Any], into: Path) -> dict[str, Any]:
        self.asked.append(page)
        if self.fails:
            raise NotMade(self.fails)
        into.write_bytes(b"%PDF")
        return {"pages": 1 + len(parts), "lost": ""}


@pytest.fixture
def press(app: Flask, kept: Kept, monkeypatch: pytest.MonkeyPatch) -> Written:  # noqa: F811
    return Written(monkeypatch)


def test_a_pdf_is_made_by_a_child_process_and_kept(app: Flask, kept: Kept) -> None:  # noqa: F811
    needs_pango()
    one = wanted("Words of a page")
    find_or_order(one, NOW)
    assert draw(NOW) == 1
    assert found(one).state is PdfState.MADE
    assert found(one).page == ""
    assert "Words of a page" in said(one)


def test_what_is_made_is_not_made_again(press: Written) -> None:
    for _ in range(2):
        find_or_order(wanted(), NOW)
        draw(NOW)
    assert len(press.asked) == 1
    assert len(db.session.scalars(select(Pdf)).all()) == 1


def test_a_request_that_has_read_already_finds_what_it_orders(real_app: Flask) -> None:
    for _ in range(2):
        with real_app.test_request_context():  # a GET, which only reads, of a moment before
            db.session.execute(select(Pdf.id)).all()
            assert find_or_order(wanted(), NOW).state is PdfState.WAITING


def test_other_content_is_another_pdf(press: Written) -> None:
    one = wanted("One", wanted("part"))
    others = [wanted("Two", wanted("part")), wanted("One", wanted("another part")), wanted("One")]
    assert len({each.key for each in (one, *others)}) == 4
    assert wanted("One", wanted("part")).key == one.key


def test_what_another_worker_is_making_is_left_until_its_lease_ends(press: Written) -> None:
    order([wanted()], NOW)
    assert drawing._claim(NOW) is not None  # and that worker dies
    assert draw(NOW + LEASE - MINUTE) == 0
    assert draw(NOW + LEASE) == 1


def test_workers_at_once_make_each_pdf_once(
    real_app: Flask, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = Kept(tmp_path)
    real_app.extensions["fundflow_files"] = store.store
    press = Written(monkeypatch)
    make = press.make

    def slowly(page: str, parts: list[Any], into: Path) -> dict[str, Any]:
        time.sleep(0.05)
        return make(page, parts, into)

    monkeypatch.setattr(drawing.Press, "make", staticmethod(slowly))

    def work(_: int) -> int:
        with real_app.app_context():
            order([wanted(str(n)) for n in range(8)], NOW)
            return draw(NOW)

    with ThreadPoolExecutor(3) as pool:
        done = list(pool.map(work, range(3)))
    assert sum(done) == 8
    assert len(press.asked) == len(set(press.asked)) == len(store.stored()) == 8


def test_one_that_fails_is_tried_again_later_and_later_and_then_given_up(
    press: Written, caplog: pytest.LogCaptureFixture
) -> None:
    press.fails = "The page is odd."
    one, now = wanted(), NOW
    order([one], now)
    for delay in DELAYS:
        assert draw(now) == 0
        assert (found(one).state, found(one).due) == (PdfState.WAITING, now + delay)
        now += delay
    assert "attempt 1: The page is odd." in caplog.text
    assert draw(now) == 0
    assert (found(one).state, found(one).last_error) == (PdfState.FAILED, "The page is odd.")
    press.fails = ""
    assert draw(now + DAY) == 0


def test_one_that_fails_stops_none_of_the_others(press: Written, monkeypatch: pytest.MonkeyPatch) -> None:
    real = press.make

    def some(page: str, parts: list[Any], into: Path) -> dict[str, Any]:
        if "odd" in page:
            raise ValueError("odd")
        return real(page, parts, into)

    monkeypatch.setattr(drawing.Press, "make", staticmethod(some))
    order([wanted("odd"), wanted("even")], NOW)
    assert draw(NOW) == 1
    assert found(wanted("even")).state is PdfState.MADE
    assert draw(NOW) == 0


def test_a_child_that_dies_or_hangs_is_a_failed_attempt(
    app: Flask,
    kept: Kept,  # noqa: F811
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    popen = drawing.subprocess.Popen
    for code, patience in (("pass", 30), ("import time; time.sleep(60)", 0.3)):
        monkeypatch.setattr(drawing, "PATIENCE", patience)
        monkeypatch.setattr(
            drawing.subprocess,
            "Popen",
            lambda _, code=code, **how: popen([sys.executable, "-c", code], **how),
        )
        one = wanted(code)
        order([one], NOW)
        assert draw(NOW) == 0
        assert "ended before it was done" in found(one).last_error


def test_a_whole_waits_for_its_parts_and_no_attempt_counts(press: Written) -> None:
    part = wanted("part")
    whole = wanted("whole", part)
    order([whole], NOW)
    db.session.execute(update(Pdf).where(Pdf.key == part.key).values(due=NOW + MINUTE))
    assert draw(NOW) == 0
    assert found(whole).attempts == 0
    assert press.asked == []
    assert draw(NOW + MINUTE) == 1
    assert draw(NOW + MINUTE + PARTS_WAIT) == 1
    assert found(whole).pages == 2


def test_a_whole_whose_part_fails_says_so_and_is_tried_again_with_it(press: Written) -> None:
    press.fails = "The part is odd."
    whole = wanted("whole", wanted("part"))
    order([whole], NOW)
    draw(NOW)
    assert found(whole).last_error == "The part is odd."
    press.fails = ""
    assert draw(NOW + PARTS_WAIT) == 0
    assert draw(NOW + MINUTE) == 2
    assert found(whole).last_error == ""


def test_a_part_whose_file_is_gone_is_made_anew_once_somebody_asks(press: Written) -> None:
    part = wanted("part")
    order([part], NOW)
    draw(NOW)
    files().delete(found(part).store_key or "")
    whole = wanted("whole", part)
    order([whole], NOW)
    assert draw(NOW) == 0
    order([whole], NOW)
    assert draw(NOW + MINUTE) == 2


@pytest.mark.parametrize("script", NAMES)
def test_a_name_in_any_script_is_drawn_or_its_letters_are_named(
    app: Flask, monkeypatch: pytest.MonkeyPatch, script: str
) -> None:
    """Where there is a font for it; elsewhere the PDF says what it lacks."""
    press_here(monkeypatch)
    order([wanted(NAMES[script])], NOW)
    assert draw(NOW) == 1
    text = said(wanted(NAMES[script]))
    if MISSING not in text:
        assert drawn_letters(NAMES[script])
    else:
        assert not drawn_letters(NAMES[script])
        assert f"{script}" in text.partition(NAMES[script][:2])[0]


def drawn_letters(text: str) -> bool:
    """Whether WeasyPrint, asked by itself, has a font for all of it."""
    import weasyprint

    with noticed() as lost:
        weasyprint.HTML(string=f"<p>{text}</p>").write_pdf(io.BytesIO())
    return not lost


def test_letters_no_font_has_are_named_first_in_the_pdf(
    app: Flask, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    press_here(monkeypatch)
    one = wanted("Ada \U00014400\U00014401\U00014400 Łódź")
    with caplog.at_level(logging.WARNING):
        order([one], NOW)
        draw(NOW)
    assert said(one).startswith(MISSING)
    assert "Anatolian: hieroglyph a001, hieroglyph a002 Ada" in said(one)
    assert "notdef" not in caplog.text


def test_letters_that_a_part_lacks_are_named_at_the_beginning_of_the_whole(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    press_here(monkeypatch)
    part = Wanted(page("Ada \U00014400").replace(NOTE_PLACE, ""), "/page")
    whole = wanted("The whole", part)
    order([whole], NOW)
    assert draw(NOW) == 2
    assert said(whole).startswith(MISSING)
    assert said(whole).count(MISSING) == 1
    assert "hieroglyph a001 The whole" in said(whole)


def test_a_pdf_is_forgotten_two_weeks_after_somebody_last_wanted_it(press: Written, kept: Kept) -> None:  # noqa: F811
    order([wanted("kept"), wanted("left")], NOW)
    draw(NOW)
    later = NOW + KEEP_PDFS - MINUTE
    order([wanted("kept")], later)
    tidy(later)
    assert len(db.session.scalars(select(Pdf)).all()) == 2
    tidy(later + 2 * MINUTE)
    assert db.session.scalars(select(Pdf.key)).all() == [wanted("kept").key]


def test_bytes_are_deleted_once_their_pdf_is_forgotten_and_not_before(press: Written, kept: Kept) -> None:  # noqa: F811
    order([wanted()], NOW)
    draw(NOW)
    one = found(wanted())
    long_after = drawing.datetime.now(NOW.tzinfo) + KEEP_STRAY_FILES + DAY
    assert tidy_files(long_after) == 0
    db.session.delete(one)
    db.session.flush()
    assert tidy_files(long_after) == 1
    assert kept.stored() == []


@pytest.mark.parametrize(
    "values",
    [
        {"state": PdfState.FAILED, "due": NOW},
        {"state": PdfState.MADE, "store_key": "a", "made_at": NOW, "lost": "ਗ"},
    ],
    ids=["failed", "lacks letters"],
)
def test_what_failed_or_lacks_letters_is_made_afresh_after_a_day(
    press: Written, values: dict[str, Any]
) -> None:
    order([wanted()], NOW)
    one = found(wanted())
    for name, value in values.items():
        setattr(one, name, value)
    db.session.flush()
    tidy(NOW + DAY)
    assert db.session.scalars(select(Pdf)).all() == [one]
    tidy(NOW + DAY + MINUTE)
    assert db.session.scalars(select(Pdf)).all() == []
