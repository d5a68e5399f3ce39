"""One form sent twice at the same moment: it has one effect, and both senders get a good answer."""

from dataclasses import replace

import pytest

from tests import tiers
from tests.concurrency import bid_forms, council_forms, school_forms
from tests.concurrency.council_forms import ask_to_sign_in, sign_in
from tests.concurrency.forms import Prepare
from tests.concurrency.hall import Hall

pytestmark = pytest.mark.rounds

ROUNDS = tiers.rounds(2, 1)
MANY = 3  # browsers

FORMS = (*bid_forms.FORMS, *council_forms.FORMS, *school_forms.FORMS)

# Forms whose second sender sees another page than one that says “409”: the link is spent (410).
ALSO_FINE: dict[Prepare, set[int]] = {sign_in: {410}, ask_to_sign_in: {200}}


@pytest.mark.parametrize("prepare", FORMS, ids=lambda prepare: prepare.__name__)
def test_a_form_sent_several_times_at_once_has_one_effect(hall: Hall, prepare: Prepare) -> None:
    for case in hall.set_up(lambda make: [prepare(make) for _ in range(ROUNDS)]):
        post = case.post
        if case.fetch:
            post = replace(post, data={**hall.hidden(post.who, post.path), **post.data})
        answers = hall.at_once(*[post] * MANY)
        fine = ALSO_FINE.get(prepare, set())
        assert all(a.is_fine or a.status in fine for a in answers), [(a.status, a.page) for a in answers]
        assert any(a.status in {302, *(fine & {200})} for a in answers)
        for model, where, count in case.effects:
            assert hall.count(model, where) == count
