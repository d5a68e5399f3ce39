from fundflow.models.columns import enum_of
from fundflow.workflow.worded import Worded


class Vote(Worded):
    FUND = "fund", "For"
    DO_NOT_FUND = "do_not_fund", "Against"
    ABSTAIN = "Abstains"


def test_a_member_is_found_and_stored_by_its_value_and_read_in_its_words() -> None:
    assert [(vote.value, vote.words) for vote in Vote] == [
        ("fund", "For"),
        ("do_not_fund", "Against"),
        ("Abstains", "Abstains"),
    ]
    assert Vote("do_not_fund") is Vote.DO_NOT_FUND
    assert enum_of(Vote).enums == ["fund", "do_not_fund", "Abstains"]
