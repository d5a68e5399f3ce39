"""Every table, by name."""

from fundflow.workflow.adviser_visit import ADVISER_VISIT
from fundflow.workflow.application import APPLICATION
from fundflow.workflow.approval import APPROVAL
from fundflow.workflow.board_paper import BOARD_PAPER
from fundflow.workflow.case_study import CASE_STUDY
from fundflow.workflow.change_request import CHANGE_REQUEST
from fundflow.workflow.claim import CLAIM
from fundflow.workflow.concern import CONCERN
from fundflow.workflow.condition import CONDITION
from fundflow.workflow.confirmation import CONFIRMATION
from fundflow.workflow.data_complaint import DATA_COMPLAINT
from fundflow.workflow.data_removal import DATA_REMOVAL
from fundflow.workflow.days_ask import DAYS_ASK
from fundflow.workflow.earned_correction import EARNED_CORRECTION
from fundflow.workflow.feedback import FEEDBACK
from fundflow.workflow.follow_up import FOLLOW_UP
from fundflow.workflow.impact_return import IMPACT_RETURN
from fundflow.workflow.meeting import MEETING
from fundflow.workflow.minutes import MINUTES
from fundflow.workflow.named_person import NAMED_PERSON
from fundflow.workflow.opening import OPENING
from fundflow.workflow.order import ORDER
from fundflow.workflow.payee import PAYEE
from fundflow.workflow.payee_batch import PAYEE_BATCH
from fundflow.workflow.payment_block import PAYMENT_BLOCK
from fundflow.workflow.payment_run import PAYMENT_RUN
from fundflow.workflow.plan import PLAN
from fundflow.workflow.practice import PRACTICE
from fundflow.workflow.provider import PROVIDER
from fundflow.workflow.quality_check import QUALITY_CHECK
from fundflow.workflow.recommendation import RECOMMENDATION
from fundflow.workflow.recovery import RECOVERY
from fundflow.workflow.reversal import REVERSAL
from fundflow.workflow.support_request import SUPPORT_REQUEST
from fundflow.workflow.survey import SURVEY
from fundflow.workflow.visit import VISIT

PROCESSES = {
    w.name: w
    for w in (
        SUPPORT_REQUEST,
        APPLICATION,
        CONFIRMATION,
        APPROVAL,
        NAMED_PERSON,
        MEETING,
        MINUTES,
        CONDITION,
        PAYEE,
        PAYEE_BATCH,
        OPENING,
        EARNED_CORRECTION,
        PLAN,
        CLAIM,
        PAYMENT_BLOCK,
        CHANGE_REQUEST,
        PAYMENT_RUN,
        REVERSAL,
        RECOVERY,
        DAYS_ASK,
        IMPACT_RETURN,
        FOLLOW_UP,
        FEEDBACK,
        VISIT,
        QUALITY_CHECK,
        PROVIDER,
        CASE_STUDY,
        BOARD_PAPER,
        RECOMMENDATION,
        DATA_COMPLAINT,
        DATA_REMOVAL,
        ORDER,
        ADVISER_VISIT,
        SURVEY,
        PRACTICE,
        CONCERN,
    )
}
