"""Sub-topics of items, corrections to learn from, and the words by which items that are alike are found."""

import sqlalchemy as sa
from alembic import op

import store.types

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    with op.batch_alter_table("item") as batch_op:
        batch_op.add_column(sa.Column("topic", sa.String(length=200), nullable=False, server_default=""))
        batch_op.create_index("item_of_enterprise", ["enterprise_id", "closed_at"])
    op.create_table(
        "item_word",
        sa.Column("district_id", sa.String(length=200), nullable=False),
        sa.Column("word", sa.String(length=40), nullable=False),
        sa.Column("item_id", NUMBER, nullable=False),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"]),
        sa.PrimaryKeyConstraint("district_id", "word", "item_id"),
    )
    op.create_index("ix_item_word_item_id", "item_word", ["item_id"])
    op.create_table(
        "correction",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("district_id", sa.String(length=200), nullable=False),
        sa.Column("item_id", NUMBER, nullable=False),
        sa.Column("by_id", NUMBER, nullable=False),
        sa.Column("at", store.types.UtcDateTime(), nullable=False),
        sa.Column("before", sa.String(length=200), nullable=False),
        sa.Column("after", sa.String(length=200), nullable=False),
        sa.Column("misled", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"]),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("correction_of_district", "correction", ["district_id", "at"])
    op.create_index("ix_correction_item_id", "correction", ["item_id"])


def downgrade() -> None:
    op.drop_table("correction")
    op.drop_table("item_word")
    with op.batch_alter_table("item") as batch_op:
        batch_op.drop_index("item_of_enterprise")
        batch_op.drop_column("topic")
