"""The words of each bid, by which a search finds it in an index."""

import sqlalchemy as sa
from alembic import op

from fundflow.migrating import schema as t

revision = "0136"
down_revision = "0135"

MOST_LETTERS, AT_ONCE = 60, 1_000
WORD = sa.String(MOST_LETTERS).with_variant(sa.String(MOST_LETTERS, collation="C"), "postgresql")


def upgrade() -> None:
    words = op.create_table(
        "bid_word",
        t.key("bid_id", "bid.id", index=False, primary_key=True),
        sa.Column("word", WORD, primary_key=True),
    )
    op.create_index("ix_bid_word_word", "bid_word", ["word", "bid_id"])
    bid = sa.table("bid", sa.column("id"), sa.column("search_text"))
    connection, last = op.get_bind(), 0
    while found := connection.execute(
        sa.select(bid.c.id, bid.c.search_text).where(bid.c.id > last).order_by(bid.c.id).limit(AT_ONCE)
    ).all():
        rows = [
            {"bid_id": number, "word": word}
            for number, text in found
            for word in {word[:MOST_LETTERS] for word in text.split()}
        ]
        if rows:
            connection.execute(words.insert(), rows)
        last = found[-1].id


def downgrade() -> None:
    op.drop_table("bid_word")
