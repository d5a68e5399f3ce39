"""Forms that take files in, and what is said beside a file that may not be kept."""

from collections.abc import Callable

from fundflow.files import Unfit
from fundflow.files.kinds import endings, in_words, kinds_taken
from fundflow.models.fund import Fund
from fundflow.web.fields import Upload
from fundflow.web.forms import Form, carried_out


class FilesForm(Form):
    """Says at each of its files which kinds the fund takes."""

    def offer_kinds(self, fund: Fund) -> None:
        kinds = kinds_taken(fund)
        for field in self:
            if isinstance(field, Upload):
                field.accept = ",".join(endings(kinds))
                field.description = f"{in_words(kinds)}, up to 10 MB."
                if fund.takes_photographs:
                    field.description += " We remove where and when a photograph was taken."


def taken_in(form: FilesForm, act: Callable[[], object]) -> bool:
    """Carry out an operation that takes files in; what is wrong with a file is said beside it."""
    unfit: list[Unfit] = []

    def take_in() -> None:
        try:
            act()
        except Unfit as why:
            unfit.append(why)
            raise

    done = carried_out(form, take_in)
    for why in unfit[-1:]:
        uploads = [field for field in form if isinstance(field, Upload)]
        wrong = next((field for field in uploads if field.data is why.sent), uploads[0])
        form.problem, wrong.errors = None, [why.sentence]
    return done
