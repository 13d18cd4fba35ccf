"""Cards whose buttons can still be changed."""

import sqlalchemy as sa
from alembic import op

from store.types import UtcDateTime

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    number = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "live_card",
        sa.Column("district_id", sa.String(length=200), nullable=False),
        sa.Column("push_id", number, nullable=False),
        sa.Column("item_id", number, nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("until", UtcDateTime(timezone=True), nullable=False),
        sa.Column("state", sa.String(length=200), nullable=False),
        sa.Column("round", number, nullable=False),
        sa.Column("officer_id", number, nullable=True),
        sa.Column("next_try", UtcDateTime(timezone=True), nullable=False),
        sa.Column("attempts", number, server_default="0", nullable=False),
        sa.ForeignKeyConstraint(["push_id"], ["outbox.id"]),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"]),
        sa.ForeignKeyConstraint(["officer_id"], ["person.id"]),
        sa.PrimaryKeyConstraint("push_id"),
    )
    op.create_index("live_card_due", "live_card", ["next_try", "push_id"])


def downgrade() -> None:
    op.drop_table("live_card")
