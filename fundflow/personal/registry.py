"""Which column of which table may hold personal data, whose it is, and how long it is kept.

The one list that the export, retention and the record of processing read. A test walks the schema, so
that a new column must be classified here before it lands. Keys to `person` say whose a row is by
themselves; numbers, dates and choices are facts about the row and go with it.
"""

from collections.abc import Mapping
from enum import Enum
from types import MappingProxyType
from typing import NamedTuple

from sqlalchemy import JSON, Column, LargeBinary, String, Table, Text

from fundflow.extensions import Base


class Category(Enum):
    """Kinds of records that are kept equally long; `retention` names the setting, or why none."""

    ACCOUNT = "Accounts, roles, places and seats"
    SIGN_IN = "Signing in"
    BID = "Bids, from the draft to the last report"
    PANEL = "Panel meetings, scores, votes and interests"
    MONEY = "Payees, claims and payments"
    LETTER = "Letters"
    SCHOOL = "Schools and support between them"
    FUND = "The fund, its rounds and its reports"
    RIGHTS = "Requests and complaints about personal data"
    SERVICE = "The service itself"


class Kind(Enum):
    """What a column of text may hold."""

    NAME = "a person’s name"
    EMAIL = "a person’s address"
    DETAIL = "a role or telephone number, beside an address of the row"
    WORDS = "words that somebody wrote, which may name anybody"
    COPY = "a frozen copy, which may hold all of these"
    PLAIN = "nothing of a person"


class Held(NamedTuple):
    """What one table holds.

    through  the column that leads to the row which says whose this one is, where it has no key to `person`
    authors  whose words the row holds, by its columns; empty: of the person it points at
    others   columns of words that somebody else wrote, each with the column of that person; empty: none
             of the row's own, the entry in the history says who
    """

    category: Category
    columns: dict[str, Kind]
    through: str = ""
    authors: frozenset[str] = frozenset()
    others: Mapping[str, str] = MappingProxyType({})

    @property
    def is_personal(self) -> bool:
        return any(kind is not Kind.PLAIN for kind in self.columns.values())

    def is_by(self, mine: set[str], column: str) -> bool:
        """Whether the person whom these columns of a row point at wrote the words of this one."""
        if column in self.others:
            return self.others[column] in mine
        return not self.authors or bool(self.authors & mine)


def _held(
    category: Category,
    *,
    names: str = "",
    emails: str = "",
    details: str = "",
    words: str = "",
    copies: str = "",
    plain: str = "",
    through: str = "",
    authors: str = "",
    others: Mapping[str, str] = MappingProxyType({}),
) -> Held:
    lists = {
        Kind.NAME: names,
        Kind.EMAIL: emails,
        Kind.DETAIL: details,
        Kind.WORDS: words,
        Kind.COPY: copies,
        Kind.PLAIN: plain,
    }
    columns = {name: kind for kind, text in lists.items() for name in text.split()}
    return Held(category, columns, through, frozenset(authors.split()), others)


C = Category
REGISTRY: dict[str, Held] = {
    # Accounts
    "person": _held(C.ACCOUNT, names="name search_text", emails="email former_emails", details="job_title"),
    "role_grant": _held(C.ACCOUNT),
    "membership": _held(C.ACCOUNT),
    "seat": _held(C.ACCOUNT),
    "cover": _held(C.ACCOUNT),
    "address_change": _held(C.ACCOUNT, emails="email"),
    "history_entry": _held(C.ACCOUNT, copies="facts", plain="process step from_state to_state words_hash"),
    "history_words": _held(
        C.ACCOUNT,
        names="actor_name",
        details="actor_role",
        words="label reason",
        copies="given",
        plain="salt",
        through="entry_id",
    ),
    # Signing in
    "one_time_link": _held(C.SIGN_IN, emails="email", plain="asked_process token_hash"),
    "browser_session": _held(C.SIGN_IN, words="browser network", plain="key_hash"),
    "sign_in_attempt": _held(C.SIGN_IN, plain="subject"),
    "viewing": _held(C.SIGN_IN, words="what"),
    "person_viewing": _held(C.SIGN_IN, words="what"),
    "connected_account": _held(C.SIGN_IN, words="subject", plain="issuer"),
    "fresh_proof": _held(C.SIGN_IN, plain="code_hash", through="session_id"),
    "known_browser": _held(C.SIGN_IN, plain="mark_hash"),
    # Bids
    "bid": _held(
        C.BID,
        names="contact_name approver_name",
        emails="contact_email approver_email",
        details="contact_role contact_phone approver_role",
        words="""origin_note title need external_provider external_provider_reason approach
                       evidence_strength_source value_for_money sustainability sharing equality
                       other_funding_note approver_why why_odd sent_title search_text panel_question
                       panel_answer ineligible_rule termination_reason""",
        copies="unfinished",
        plain="reference phases order_number",
        authors="created_by_id contact_email",
    ),
    "bid_word": _held(C.BID, words="word"),
    "activity": _held(C.BID, words="what who"),
    "actual": _held(C.BID, words="note method next_step next_owner"),
    "approval": _held(C.BID, names="name signed_name", emails="email", details="role", words="reason why"),
    "attachment": _held(C.BID, words="name description", plain="sha256 store_key"),
    "award": _held(C.BID, plain="schedule"),
    "award_condition": _held(C.BID, words="text owner note"),
    "award_line": _held(C.BID, words="what staff_code"),
    "backfill_line": _held(C.BID, words="staff_role staff_code staff_key rate_reason", plain="vat_code"),
    "case_consent": _held(C.BID),
    "case_study": _held(C.BID, words="title need support change lessons search_text suggestion"),
    "change_answer": _held(C.BID),
    "change_line": _held(C.BID, words="what staff_code"),
    "change_new_line": _held(C.BID, words="what staff_code"),
    "change_outcome": _held(C.BID, words="compared_with measure method", plain="unit"),
    "change_partner": _held(C.BID, names="contact_name", emails="contact_email"),
    "change_request": _held(C.BID, words="outcomes why advice answer"),
    "checklist_answer": _held(C.BID, words="note", copies="facts", plain="item"),
    "confirmation": _held(C.BID, names="signed_name", emails="link_email", words="reason"),
    "cost_line": _held(C.BID, words="description"),
    "days_ask": _held(C.BID, names="name signed_name", emails="email", words="reason", plain="day_ids"),
    "earned_correction": _held(C.BID, words="reason"),
    "evidence": _held(C.BID, words="source text"),
    "feedback": _held(C.BID, words="text council_text"),
    "follow_up": _held(C.BID, words="what owner note"),
    "impact_return": _held(
        C.BID,
        words="""late_reason taught_judged helped hindered lessons summary
                           published_summary question rag_reason""",
        copies="sent questions",
    ),
    "kept_typing": _held(C.BID, copies="fields", plain="place"),
    "late_entry": _held(C.BID, words="reason"),
    "late_evidence": _held(C.BID, words="text"),
    "match_funding": _held(C.BID, words="source"),
    "mention": _held(C.BID),
    "named_person": _held(C.BID, words="named_as before_text"),
    "need_assessment": _held(C.BID, words="known seen tried asked"),
    "offer": _held(C.BID, words="conditions ended_how"),
    "opening": _held(C.BID, words="name"),
    "opening_award": _held(
        C.BID,
        names="contact_name",
        emails="contact_email",
        words="title title_key",
        copies="held",
        plain="minute_reference minute_key",
    ),
    "outcome": _held(C.BID, words="measure compared_with method", plain="unit"),
    "partner": _held(C.BID, names="contact_name", emails="contact_email"),
    "pupil_group": _held(C.BID, words="note"),
    "query": _held(C.BID, words="question answer", plain="section"),
    "rating": _held(C.BID, words="reason"),
    "review": _held(C.BID, words="need_notes value_notes conditions reply"),
    "review_request": _held(C.BID, words="grounds reason"),
    "revised_plan": _held(C.BID, words="question"),
    "risk": _held(C.BID, words="risk mitigation"),
    "round_answer": _held(C.BID, words="text"),
    "spent_cost": _held(C.BID, words="what struck_reason"),
    "staff_note": _held(C.BID, words="text"),
    "submission": _held(C.BID, copies="answers", plain="sha256"),
    "visit": _held(C.BID, words="purpose note teaching_note reason"),
    "quality_check": _held(C.BID, words="found note action owner done_note again_found"),
    "worked_day": _held(C.BID, names="confirmed_name", words="staff_code staff_key activity struck_reason"),
    # The panel
    "agenda_item": _held(C.PANEL, words="proposed_reason casting_reason"),
    "agreed_score": _held(C.PANEL, plain="criterion"),
    "attendance_event": _held(C.PANEL, words="why", through="seat_id"),
    "criterion_feedback": _held(C.PANEL, words="title text", plain="criterion"),
    "decision": _held(
        C.PANEL,
        words="""conditions reasons equality_note delegation opening closing
                      published_reasons published_title undone_reason""",
        copies="sitting",
    ),
    "declaration": _held(C.PANEL, words="text"),
    "late_interest": _held(C.PANEL, words="text effect settled_reason"),
    "meeting": _held(C.PANEL, plain="place"),
    "member_score": _held(C.PANEL, words="reason", plain="criterion", through="sheet_id"),
    "minutes": _held(C.PANEL, plain="seal"),
    "minutes_section": _held(C.PANEL, words="heading drafted text"),
    "moderation": _held(C.PANEL, words="note", copies="changes", plain="criterion"),
    "panel_rules": _held(C.PANEL, words="reason", plain="criteria places"),
    "paper": _held(C.PANEL, copies="report figures", plain="sha256"),
    "presence": _held(C.PANEL, through="seat_id"),
    "registered_interest": _held(C.PANEL, words="body text"),
    "score_sheet": _held(C.PANEL, words="voided_why", through="seat_id"),
    "vote": _held(C.PANEL, words="voided_why", through="seat_id"),
    # Money
    "allocation": _held(C.MONEY, plain="source minute_reference pays cost_centre subjective"),
    "claim": _held(
        C.MONEY,
        words="question answer",
        copies="invoice_lines",
        plain="""invoice_reference invoice_key payment_reference payee_urn payee_name
                         supplier_number""",
    ),
    "ledger_entry": _held(C.MONEY, words="reason"),
    "payee": _held(
        C.MONEY,
        words="evidence held_at hold_reason",
        plain="name supplier_number supplier_key cost_centre for_urn for_trust",
    ),
    "payee_batch": _held(C.MONEY, words="name"),
    "payment_block": _held(C.MONEY, words="reason lift_reason"),
    "payment_layout": _held(C.MONEY, plain="name document"),
    "payment_run": _held(C.MONEY, plain="layout_name layout file_name sha256 content seal"),
    "recovery": _held(C.MONEY, words="reason authority", plain="invoice_number payment_reference"),
    "reversal": _held(
        C.MONEY, words="reason", plain="payment_reference payee_name payee_urn supplier_number"
    ),
    "run_line": _held(
        C.MONEY,
        words="why",
        copies="parts",
        plain="payee_name payee_urn supplier_number cost_centre payment_reference",
    ),
    # Letters
    "letter": _held(
        C.LETTER,
        names="name",
        emails="email",
        words="key subject body last_error dropped_why",
        plain="recipient reply_to asked_process",
    ),
    # Schools
    "adviser": _held(
        C.SCHOOL, names="name", emails="email", words="search_text availability", plain="subjects"
    ),
    "adviser_allocation": _held(C.SCHOOL, words="why end_reason", through="adviser_id"),
    "adviser_record": _held(C.SCHOOL, words="what note", through="adviser_id"),
    "adviser_visit": _held(C.SCHOOL, words="purpose reason note actions feedback", through="adviser_id"),
    "caseload_entry": _held(C.SCHOOL, words="reason", authors="by_id"),
    "cluster": _held(C.SCHOOL, plain="name"),
    "concern": _held(C.SCHOOL, words="reason found end_reason", others={"found": "", "end_reason": ""}),
    "contact": _held(C.SCHOOL, words="with_whom said"),
    "engagement": _held(C.SCHOOL, words="with_whom said"),
    "focus_entry": _held(C.SCHOOL, words="focus"),
    "inspection": _held(
        C.SCHOOL, words="removal_reason", plain="regime", others={"removal_reason": "removed_by_id"}
    ),
    "inspection_grade": _held(C.SCHOOL, plain="area grade"),
    "patch": _held(C.SCHOOL, plain="name"),
    "practice_entry": _held(
        C.SCHOOL,
        words="title what contact reason search_text",
        plain="figure source",
        authors="proposed_by_id",
        others={"contact": "agreed_by_id", "reason": ""},
    ),
    "school": _held(
        C.SCHOOL,
        plain="""urn name search_name la_code la_name establishment_number ukprn
                    type_name postcode search_postcode street town website telephone""",
    ),
    "school_link": _held(C.SCHOOL, plain="link_urn link_name link_type"),
    "school_target": _held(C.SCHOOL, words="end_reason"),
    "succession": _held(C.SCHOOL, words="reason"),
    "service": _held(
        C.SCHOOL,
        names="provider_name",
        emails="provider_email",
        words="name included search_text",
        plain="unit terms",
        authors="updated_by_id",
    ),
    "service_order": _held(
        C.SCHOOL,
        words="closed_reason proposed_why",
        plain="name unit order_number",
        others={"closed_reason": "", "proposed_why": ""},
    ),
    "support_offer": _held(C.SCHOOL, words="title description who search_text", plain="phases"),
    "provider": _held(
        C.SCHOOL,
        names="contact_name",
        emails="contact_email",
        words="reason",
        plain="name search_name number expertise",
    ),
    "support_request": _held(
        C.SCHOOL,
        words="need proposed_why closed_reason",
        others={"proposed_why": "", "closed_reason": ""},
    ),
    "survey": _held(
        C.SCHOOL,
        words="title about document_name findings",
        plain="phases kinds document_url",
        others={"findings": ""},
    ),
    "survey_document": _held(C.SCHOOL, plain="name sha256 store_key"),
    "survey_question": _held(C.SCHOOL, plain="text hint options services"),
    "survey_response": _held(C.SCHOOL, copies="answers"),
    "survey_school": _held(C.SCHOOL),
    "target_figure": _held(
        C.SCHOOL, words="removal_reason", plain="source", others={"removal_reason": "removed_by_id"}
    ),
    "target_terms": _held(C.SCHOOL, words="reason", authors="by_id"),
    "term_review": _held(C.SCHOOL, words="note"),
    "tier_entry": _held(C.SCHOOL, words="reason"),
    "trust": _held(C.SCHOOL, plain="code name search_name"),
    # The fund
    "board_paper": _held(
        C.FUND,
        words="""correction_reason contact wards priorities comments background
                         exempt_paragraph public_interest""",
        copies="figures",
    ),
    "board_paper_section": _held(C.FUND, words="heading text"),
    "fund": _held(
        C.FUND,
        names="contact_name",
        emails="contact_email",
        details="contact_phone",
        words="data_protection_contact complaints whistleblowing delegation",
        plain="""name council la_code prefix retention accessibility_tests purpose org_identifier
                        grants_prefix paper_headings days_off code_roles single_sign_on_roles letter_opening
                        letter_closing tier_1_brings tier_2_brings tier_3_brings tier_4_brings concern_floors
                        concern_outcomes""",
    ),
    "measure": _held(C.FUND, plain="name unit method source"),
    "priority": _held(C.FUND, plain="title"),
    "recommendation": _held(C.FUND, words="body what response answered_for outcome", plain="owner_role"),
    "round": _held(C.FUND, plain="name guidance criteria"),
    "round_question": _held(C.FUND, plain="text hint"),
    "staff_grade": _held(C.FUND, plain="title"),
    # The service
    "brand": _held(C.SERVICE, plain="colour store_key sha256 alt_text"),
    "chain_head": _held(C.SERVICE, plain="chain"),
    "chain_link": _held(C.SERVICE, plain="chain row_of digest words salt hash"),
    "seal": _held(C.SERVICE, plain="hash"),
    "sealed_head": _held(C.SERVICE, plain="chain hash"),
    "night_check": _held(C.SERVICE, words="found"),
    "heartbeat": _held(C.SERVICE, plain="name trouble"),
    "pdf": _held(C.SERVICE, copies="parts", plain="key page instead last_error store_key sha256 lost"),
    # Rights
    "data_complaint": _held(C.RIGHTS, names="name", emails="email", words="text answer"),
    "data_restriction": _held(C.RIGHTS, words="reason lift_reason"),
    "data_removal": _held(C.RIGHTS, plain="done"),
    "removal_bid": _held(C.RIGHTS, plain="kept"),
    "removal_person": _held(C.RIGHTS),
    "subject_export": _held(C.RIGHTS, emails="email", plain="sha256"),
    "register_file": _held(C.SERVICE, plain="name counts lacks missing store_key sha256"),
}


def holds_text(column: Column[object]) -> bool:
    """Whether a column can hold what somebody wrote, and so must be classified."""
    is_choice = getattr(column.type, "enums", None) is not None or type(column.type).__name__ == "StoredEnum"
    return (
        not column.foreign_keys
        and not is_choice
        and isinstance(column.type, String | Text | JSON | LargeBinary)
    )


def whose(table: Table) -> list[str]:
    """The columns of a table that point at a person."""
    return [
        column.name
        for column in table.columns
        if any(key.column.table.name == "person" for key in column.foreign_keys)
    ]


def tables() -> dict[str, Table]:
    """Every table of the schema by its name."""
    return dict(Base.metadata.tables)
