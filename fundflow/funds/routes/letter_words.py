"""The words with which a fund's letters begin and end, shown before they are saved."""

from typing import Any

from flask import current_app, flash, redirect, render_template, request, url_for

from fundflow.funds.blueprint import blueprint
from fundflow.funds.letter_form import LetterWordsForm
from fundflow.funds.operations import funds
from fundflow.funds.routes.funds import known
from fundflow.letters.frame import CLOSING, NAMES, OPENING, framed
from fundflow.models.fund import Fund
from fundflow.web.access import ADMINISTRATORS, access, me, now
from fundflow.web.forms import carried_out

SAMPLE = "LSIF-0031: we have started to check your bid"


@blueprint.route("/funds/<id:number>/letter-words", methods=["GET", "POST"])
@access(ADMINISTRATORS)
def letter_words(number: int) -> Any:
    found = known(number)
    form = LetterWordsForm.on(found, obj=found)
    valid = form.validate_on_submit()
    shown = request.form.get("act") == "show"
    if valid and not shown and carried_out(form, lambda: _save(found, form), found):
        flash("The words are saved. Letters that are written from now on have them.", "success")
        return redirect(url_for("funds.fund", number=number))
    sample = _sample(found, form) if valid or request.method == "GET" else None
    page = render_template(
        "funds/letter_words.html", fund=found, form=form, names=NAMES, subject=SAMPLE, sample=sample
    )
    return page, 200 if valid and shown else form.status


def _save(fund: Fund, form: LetterWordsForm) -> None:
    funds.change_settings(fund, form.words(), version=form.version.data, user=me(), now=now())


def _sample(fund: Fund, form: LetterWordsForm) -> tuple[str, str]:
    """How a letter to the reader would begin and end."""
    config = current_app.config
    values = {
        "name": me().name,
        "fund": fund.name,
        "service": config["SERVICE"],
        "council": config["COUNCIL"],
    }
    words = form.words()
    return (
        framed(words["letter_opening"] or OPENING, values),
        framed(words["letter_closing"] or CLOSING, values),
    )
