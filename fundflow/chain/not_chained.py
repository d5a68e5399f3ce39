"""Tables that no chain holds, each with the reason. A new table stands here or in `CHAINED`.

A table of money or decisions may stand here only where something that is chained says the same.
"""

REASONS: dict[str, str] = {
    # What is chained says it too
    "What is paid, released or taken back stands in the ledger, and each step in the history.": """
        claim recovery reversal run_line earned_correction opening opening_award opening_earned
        payment_block spent_cost worked_day days_ask""",
    "Its steps stand in the history, and what came of it in the award or the ledger.": """
        change_request change_answer change_line change_new_line change_outcome change_partner offer
        revised_plan plan_line award_condition""",
    "The decision keeps who sat, what they had declared and scored, and the votes are chained.": """
        agenda_item agreed_score attendance_event criterion_feedback declaration late_interest
        meeting member_score moderation presence score_sheet registered_interest""",
    "A decision names the version of the rules, and each change of them is in the history.": "panel_rules",
    "Its steps stand in the history; what was agreed names the seal of that day.": "minutes minutes_section",
    "Two people’s steps stand in the history, and a run’s file has whom it paid.": "payee payee_batch",
    "Added up from the ledger: `fundflow check` compares them.": "bid_balance line_balance",
    "What was sent is frozen in the submission, whose hash is chained.": """
        bid partner evidence pupil_group outcome activity backfill_line cost_line match_funding risk
        round_answer late_evidence""",
    "An entry of the history, which is chained, holds the hash of these words.": "history_words",
    "Money comes in and goes by the ledger; changes of the settings stand in the history.": """
        allocation fund round round_question priority staff_grade payment_layout late_entry measure""",
    "Its steps stand in the history.": """
        approval confirmation review review_request query checklist_answer named_person
        impact_return rating actual feedback follow_up visit support_request case_study case_consent
        board_paper board_paper_section recommendation data_complaint data_removal removal_bid
        adviser adviser_record adviser_allocation adviser_visit quality_check provider
        removal_person data_restriction brand service service_order order_year
        survey survey_question survey_school survey_response survey_document practice_entry concern""",
    # Neither money nor a decision
    "It is the chain.": "chain_head chain_link seal sealed_head",
    "Only added to: the database refuses every change.": """
        viewing person_viewing subject_export need_assessment engagement caseload_entry focus_entry
        term_review""",
    "Accounts, places and addresses: what they may do is chained as roles, seats and places.": """
        person address_change cover browser_session connected_account fresh_proof known_browser
        one_time_link sign_in_attempt""",
    "Public data that is loaded again, or what schools offer each other.": """
        school school_link school_target target_figure target_terms succession trust inspection
        inspection_grade pupil_premium tier_entry patch cluster cluster_school contact support_offer
        offer_expertise""",
    "Made from other tables, or for the work of the service.": """
        bid_word kept_typing staff_note mention pdf register_file heartbeat night_check
        demonstration""",
}
NOT_CHAINED = {table: why for why, tables in REASONS.items() for table in tables.split()}
