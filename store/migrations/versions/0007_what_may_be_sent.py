"""Chat windows and permits as rows of their own, what became of a message, and whom somebody must call."""

from datetime import timedelta

import sqlalchemy as sa
from alembic import op

import store.types

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
MOMENT = store.types.UtcDateTime()
WINDOW, MESSAGES = timedelta(hours=48), 5

identity = sa.table(
    "identity",
    sa.column("id", NUMBER),
    sa.column("district_id", sa.String),
    sa.column("window_until", MOMENT),
    sa.column("window_left", NUMBER),
)
window = sa.table(
    "chat_window",
    sa.column("district_id", sa.String),
    sa.column("identity_id", NUMBER),
    sa.column("kind", sa.String),
    sa.column("until", MOMENT),
    sa.column("allowed", NUMBER),
    sa.column("used", NUMBER),
)


def upgrade() -> None:
    _windows()
    _outcomes()
    op.execute(
        window.insert().from_select(
            ["district_id", "identity_id", "kind", "until", "allowed", "used"],
            sa.select(
                identity.c.district_id,
                identity.c.id,
                sa.literal("message"),
                identity.c.window_until,
                sa.literal(MESSAGES),
                MESSAGES - identity.c.window_left,
            ).where(identity.c.window_until.is_not(None)),
        )
    )
    with op.batch_alter_table("identity") as batch_op:
        batch_op.drop_column("window_until")
        batch_op.drop_column("window_left")


def _windows() -> None:
    op.create_table(
        "chat_window",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("district_id", sa.String(length=200), nullable=False),
        sa.Column("identity_id", NUMBER, nullable=False),
        sa.Column("kind", sa.String(length=200), nullable=False),
        sa.Column("until", MOMENT, nullable=False),
        sa.Column("allowed", NUMBER, nullable=False),
        sa.Column("used", NUMBER, nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("identity_id", "kind"),
        sa.ForeignKeyConstraint(["identity_id"], ["identity.id"], ondelete="CASCADE"),
    )
    op.create_table(
        "permit",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("district_id", sa.String(length=200), nullable=False),
        sa.Column("identity_id", NUMBER, nullable=False),
        sa.Column("template_id", sa.String(length=200), nullable=False),
        sa.Column("left", NUMBER, nullable=False),
        sa.Column("standing", sa.Boolean(), nullable=False, server_default=sa.false()),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("identity_id", "template_id"),
        sa.ForeignKeyConstraint(["identity_id"], ["identity.id"], ondelete="CASCADE"),
    )
    op.create_table(
        "channel_use",
        sa.Column("district_id", sa.String(length=200), nullable=False),
        sa.Column("channel", sa.String(length=200), nullable=False),
        sa.Column("day", sa.Date()),
        sa.Column("sent", NUMBER, nullable=False, server_default="0"),
        sa.Column("shut_until", MOMENT),
        sa.PrimaryKeyConstraint("district_id", "channel"),
    )


def _outcomes() -> None:
    op.create_table(
        "receipt",
        sa.Column("district_id", sa.String(length=200), nullable=False),
        sa.Column("channel", sa.String(length=200), nullable=False),
        sa.Column("vendor_id", sa.String(length=200), nullable=False),
        sa.Column("failure", sa.String(length=200), nullable=False),
        sa.Column("at", MOMENT, nullable=False),
        sa.PrimaryKeyConstraint("district_id", "channel", "vendor_id"),
    )
    op.create_table(
        "call",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("district_id", sa.String(length=200), nullable=False),
        sa.Column("person_id", NUMBER, nullable=False),
        sa.Column("item_id", NUMBER),
        sa.Column("push_id", NUMBER, nullable=False),
        sa.Column("opened_at", MOMENT, nullable=False),
        sa.Column("done_at", MOMENT),
        sa.Column("done_by_id", NUMBER),
        sa.Column("note", sa.Text()),
        sa.PrimaryKeyConstraint("id"),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"]),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"]),
        sa.ForeignKeyConstraint(["push_id"], ["outbox.id"]),
        sa.ForeignKeyConstraint(["done_by_id"], ["person.id"]),
    )
    op.create_index("call_open", "call", ["done_at", "person_id"])
    with op.batch_alter_table("outbox") as batch_op:
        batch_op.add_column(sa.Column("arrived_at", MOMENT))
        batch_op.add_column(sa.Column("closed_ways", sa.JSON()))
        batch_op.create_index("outbox_by_vendor", ["vendor_id"])


def downgrade() -> None:
    with op.batch_alter_table("outbox") as batch_op:
        batch_op.drop_index("outbox_by_vendor")
        batch_op.drop_column("closed_ways")
        batch_op.drop_column("arrived_at")
    with op.batch_alter_table("identity") as batch_op:
        batch_op.add_column(sa.Column("window_until", MOMENT))
        batch_op.add_column(sa.Column("window_left", NUMBER, nullable=False, server_default="0"))
    of_messages = sa.and_(window.c.identity_id == identity.c.id, window.c.kind == "message")
    op.execute(
        identity.update()
        .values(
            window_until=sa.select(window.c.until).where(of_messages).scalar_subquery(),
            window_left=sa.select(window.c.allowed - window.c.used).where(of_messages).scalar_subquery(),
        )
        .where(sa.exists().where(of_messages))
    )
    with op.batch_alter_table("identity") as batch_op:
        batch_op.alter_column("window_left", server_default=None)
    for table in ("call", "receipt", "channel_use", "permit", "chat_window"):
        op.drop_table(table)
