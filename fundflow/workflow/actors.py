"""Who may take steps: what a person is *in relation to one record*, not a job title."""

from fundflow.workflow.worded import Worded


class Actor(Worded):
    """The value is how a refusal names them."""

    SCHOOL_LEADER = "the head of the school that leads the bid"
    SCHOOL_TEAM = "the school that leads the bid"
    PARTNER_LEADER = "the head of that school"
    SUPPORTED_SCHOOL = "people of a school that received the support"
    APPROVER = "the approver, through the link we emailed"
    OFFICER = "the liaison officer"
    CLERK = "the panel’s clerk"
    DECISION_MAKER = "the person who decides for the fund"
    FINANCE = "a finance officer"
    IMPACT_OFFICER = "the impact officer"
    REVIEWING_MANAGER = "a reviewing manager who took no part in the decision"
    ADMINISTRATOR = "an administrator"
    COMPLAINANT = "the person who complains"
    ACTION_OWNER = "the owner of the recommendation"
    ORDERING_HEAD = "the head of the school that orders"
    ORDERING_SCHOOL = "the school that orders"
    SERVICE_PROVIDER = "the provider, and never for their own school,"
    ADVISER = "the adviser of the school"
    CLOCK = "the clock"
