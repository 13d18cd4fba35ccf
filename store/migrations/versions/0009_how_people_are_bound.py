"""How people come to speak for an enterprise: who made an invitation, codes to scan, claims that wait for a proof."""

import sqlalchemy as sa
from alembic import op

import store.types

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
STRING = sa.String(length=200)
MOMENT = store.types.UtcDateTime


def upgrade() -> None:
    with op.batch_alter_table("invitation") as batch_op:
        for column in ("by_id", "handed_over_by_id"):
            batch_op.add_column(sa.Column(column, NUMBER))
            batch_op.create_foreign_key(f"invitation_{column}_fkey", "person", [column], ["id"])
    op.create_table(
        "scene",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("district_id", STRING, nullable=False),
        sa.Column("token", STRING, nullable=False),
        sa.Column("enterprise_id", NUMBER, sa.ForeignKey("enterprise.id"), nullable=False),
        sa.Column("by_id", NUMBER, sa.ForeignKey("person.id"), nullable=False),
        sa.Column("tail_index", STRING),
        sa.Column("made_at", MOMENT(), nullable=False),
        sa.Column("expires_at", MOMENT(), nullable=False),
        sa.Column("used_by_id", NUMBER, sa.ForeignKey("person.id")),
        sa.Column("used_at", MOMENT()),
        sa.Column("status", STRING, nullable=False),
        sa.Column("next_try", MOMENT(), nullable=False),
        sa.Column("attempts", NUMBER, nullable=False),
        sa.Column("url", sa.Text()),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("district_id", "token"),
    )
    op.create_index("scene_due", "scene", ["status", "next_try"])
    op.create_table(
        "claim",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("district_id", STRING, nullable=False),
        sa.Column("person_id", NUMBER, sa.ForeignKey("person.id"), nullable=False),
        sa.Column("enterprise_id", NUMBER, sa.ForeignKey("enterprise.id"), nullable=False),
        sa.Column("via", STRING, nullable=False),
        sa.Column("scene_id", NUMBER, sa.ForeignKey("scene.id")),
        sa.Column("asked_at", MOMENT(), nullable=False),
        sa.Column("expires_at", MOMENT(), nullable=False),
        sa.Column("status", STRING, nullable=False),
        sa.Column("wrong", NUMBER, nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("claim_of_person", "claim", ["person_id", "status"])
    op.create_index("ix_claim_enterprise_id", "claim", ["enterprise_id"])


def downgrade() -> None:
    op.drop_table("claim")
    op.drop_table("scene")
    with op.batch_alter_table("invitation") as batch_op:
        for column in ("by_id", "handed_over_by_id"):
            batch_op.drop_constraint(f"invitation_{column}_fkey", type_="foreignkey")
            batch_op.drop_column(column)
