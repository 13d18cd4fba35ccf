"""What the edge keeps: pictures, voice and video by their content; clicks on cards; who reads texts instead."""

import sqlalchemy as sa
from alembic import op

import store.types

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "media",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("district_id", sa.String(length=200), nullable=False),
        sa.Column("channel", sa.String(length=200), nullable=False),
        sa.Column("media_id", sa.String(length=512), nullable=False),
        sa.Column("wanted_at", store.types.UtcDateTime(), nullable=False),
        sa.Column("status", sa.String(length=200), nullable=False),
        sa.Column("next_try", store.types.UtcDateTime(), nullable=False),
        sa.Column("attempts", NUMBER, nullable=False),
        sa.Column("mime", sa.String(length=200)),
        sa.Column("size", NUMBER),
        sa.Column("sha256", sa.String(length=200)),
        sa.Column("kept_at", store.types.UtcDateTime()),
        sa.Column("error", sa.String(length=200)),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("district_id", "channel", "media_id"),
    )
    op.create_index("media_due", "media", ["status", "next_try"])
    op.create_index("media_by_content", "media", ["sha256"])
    with op.batch_alter_table("outbox") as batch_op:
        batch_op.add_column(sa.Column("pressed", sa.String(length=200)))
    with op.batch_alter_table("identity") as batch_op:
        batch_op.add_column(sa.Column("plain", sa.Boolean(), nullable=False, server_default=sa.false()))


def downgrade() -> None:
    with op.batch_alter_table("identity") as batch_op:
        batch_op.drop_column("plain")
    with op.batch_alter_table("outbox") as batch_op:
        batch_op.drop_column("pressed")
    op.drop_table("media")
