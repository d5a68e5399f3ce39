"""Services that schools buy, their orders, and the years of each order's term."""

from alembic import op

from fundflow.migrating import schema as t

revision = "0168"
down_revision = "0167"

VAT = "standard zero exempt outside"
STATES = "draft placed agreed in_term ended declined cancelled"


def upgrade() -> None:
    op.create_table(
        "service",
        t.own_id(),
        t.key("fund_id", "fund.id"),
        t.whole("version"),
        t.line("name", 140),
        t.text("included"),
        t.choice("provider_kind", "providerkind", "council school independent"),
        t.key("provider_school_id", "school.id", null=True),
        t.line("provider_name", 140),
        t.line("provider_email", 254),
        t.line("unit", 60),
        t.big("price_pence"),
        t.choice("vat_code", "vatcode", VAT),
        t.data("terms"),
        t.tick("for_maintained"),
        t.tick("for_academies"),
        t.day("order_from", null=True),
        t.day("order_to", null=True),
        t.text("search_text"),
        t.moment("withdrawn_at", null=True),
        t.moment("updated_at"),
        t.key("updated_by_id", "person.id"),
        t.check("price_positive", "price_pence > 0"),
        t.check("school_named", "(provider_kind = 'school') = (provider_school_id IS NOT NULL)"),
        t.check(
            "independent_named",
            "provider_kind != 'independent' OR (provider_name != '' AND provider_email != '')",
        ),
        t.check("window_in_order", "order_from <= order_to"),
        t.check("for_somebody", "for_maintained OR for_academies"),
    )
    op.create_table(
        "service_order",
        t.own_id(),
        t.key("fund_id", "fund.id"),
        t.key("service_id", "service.id"),
        t.key("school_id", "school.id"),
        t.choice("state", "orderstate", STATES),
        t.moment("state_since"),
        t.whole("version"),
        t.moment("asked_at"),
        t.key("asked_by_id", "person.id"),
        t.whole("years"),
        t.day("begins_on"),
        t.day("ends_on"),
        t.line("name", 140),
        t.line("unit", 60),
        t.big("unit_pence"),
        t.choice("vat_code", "vatcode", VAT),
        t.line("order_number", 40),
        t.moment("placed_at", null=True),
        t.key("placed_by_id", "person.id", null=True),
        t.text("closed_reason"),
        t.moment("proposed_at", null=True),
        t.tick("proposed_by_school", null=True),
        t.whole("proposed_quantity", null=True),
        t.day("proposed_ends_on", null=True),
        t.text("proposed_why"),
        t.check("years_known", "years IN (1, 2, 3)"),
        t.check("term_in_order", "begins_on < ends_on"),
        t.check(
            "placed_by_somebody",
            "state IN ('draft', 'cancelled') OR (placed_at IS NOT NULL AND placed_by_id IS NOT NULL)",
        ),
        t.check("proposed_by_a_side", "(proposed_at IS NULL) = (proposed_by_school IS NULL)"),
        t.check(
            "proposal_says_what",
            "(proposed_at IS NOT NULL) = (proposed_quantity IS NOT NULL OR proposed_ends_on IS NOT NULL)",
        ),
        t.check("one_proposal", "proposed_quantity IS NULL OR proposed_ends_on IS NULL"),
    )
    op.create_table(
        "order_year",
        t.own_id(),
        t.key("order_id", "service_order.id", index=False),
        t.day("begins_on", index=True),
        t.whole("quantity"),
        t.unique("order_id", "begins_on"),
        t.check("quantity_positive", "quantity > 0"),
    )


def downgrade() -> None:
    op.drop_table("order_year")
    op.drop_table("service_order")
    op.drop_table("service")
