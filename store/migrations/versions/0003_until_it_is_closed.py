"""What goes on beside the state of an item until it is closed: pauses, handovers, promises, batches, absences."""

from datetime import timedelta

import sqlalchemy as sa
from alembic import op

import store.types

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TABLES = (
    "reminder",
    "pause",
    "listing",
    "handover",
    "escalation",
    "commitment",
    "visit",
    "leave",
    "batch",
    "beat",
    "campaign",
)
ITEM_COLUMNS = (
    "scope",
    "campaign",
    "superior_number",
    "batch_id",
    "acting_for_id",
    "attention",
    "assigned_at",
    "sign_due_at",
    "signed_at",
    "contacted_at",
    "heard_at",
    "paused_until",
    "result_code",
    "planned_at",
    "reply_rating",
    "followup_at",
    "followup",
)
ITEM_INDEXES = {
    "item_registered": ["registered_at"],
    "item_resolved": ["resolved_at"],
    "item_deadline": ["due_at"],
    "item_of_lead": ["lead_id", "closed_at"],
    "item_of_superior": ["superior_number"],
    "item_repeated": ["enterprise_id", "category", "registered_at"],
}
SUPPORT_COLUMNS = ("officer_id", "status", "asked_at", "due_at", "answered_at", "answer")


def upgrade() -> None:
    op.create_table(
        "campaign",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("district_id", sa.String(length=200), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("started_at", store.types.UtcDateTime(), nullable=False),
        sa.Column("ended_at", store.types.UtcDateTime()),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("district_id", "name"),
    )
    op.create_table(
        "beat",
        sa.Column("district_id", sa.String(length=200), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("at", store.types.UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("district_id", "name"),
    )
    op.create_table(
        "batch",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("district_id", sa.String(length=200), nullable=False),
        sa.Column("topic", sa.String(length=200), nullable=False),
        sa.Column("by_id", NUMBER, nullable=False),
        sa.Column("opened_at", store.types.UtcDateTime(), nullable=False),
        sa.Column("answer", sa.Text()),
        sa.Column("answered_at", store.types.UtcDateTime()),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("district_id", "topic"),
    )
    op.create_table(
        "leave",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("district_id", sa.String(length=200), nullable=False),
        sa.Column("person_id", NUMBER, nullable=False),
        sa.Column("deputy_id", NUMBER, nullable=False),
        sa.Column("by_id", NUMBER, nullable=False),
        sa.Column("asked_at", store.types.UtcDateTime(), nullable=False),
        sa.Column("starts_at", store.types.UtcDateTime(), nullable=False),
        sa.Column("ends_at", store.types.UtcDateTime(), nullable=False),
        sa.Column("status", sa.String(length=200), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"]),
        sa.ForeignKeyConstraint(["deputy_id"], ["person.id"]),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_leave_deputy_id", "leave", ["deputy_id"])
    op.create_index("ix_leave_person_id", "leave", ["person_id"])
    op.create_index("leave_due", "leave", ["status", "starts_at"])

    op.create_table(
        "visit",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("district_id", sa.String(length=200), nullable=False),
        sa.Column("officer_id", NUMBER, nullable=False),
        sa.Column("enterprise_id", NUMBER, nullable=False),
        sa.Column("at", store.types.UtcDateTime(), nullable=False),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("report_id", NUMBER),
        sa.ForeignKeyConstraint(["enterprise_id"], ["enterprise.id"]),
        sa.ForeignKeyConstraint(["officer_id"], ["person.id"]),
        sa.ForeignKeyConstraint(["report_id"], ["report.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_visit_enterprise_id", "visit", ["enterprise_id"])
    op.create_index("visit_of_officer", "visit", ["officer_id", "at"])

    op.create_table(
        "commitment",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("district_id", sa.String(length=200), nullable=False),
        sa.Column("item_id", NUMBER, nullable=False),
        sa.Column("by_id", NUMBER, nullable=False),
        sa.Column("made_at", store.types.UtcDateTime(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("due_at", store.types.UtcDateTime(), nullable=False),
        sa.Column("remind_at", store.types.UtcDateTime()),
        sa.Column("status", sa.String(length=200), nullable=False),
        sa.Column("settled_at", store.types.UtcDateTime()),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"]),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("commitment_due", "commitment", ["status", "due_at"])
    op.create_index("ix_commitment_item_id", "commitment", ["item_id"])

    op.create_table(
        "escalation",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("district_id", sa.String(length=200), nullable=False),
        sa.Column("item_id", NUMBER, nullable=False),
        sa.Column("level", sa.String(length=200), nullable=False),
        sa.Column("by_id", NUMBER),
        sa.Column("asked_at", store.types.UtcDateTime(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("rule", sa.Text(), nullable=False),
        sa.Column("status", sa.String(length=200), nullable=False),
        sa.Column("answered_at", store.types.UtcDateTime()),
        sa.Column("answered_by_id", NUMBER),
        sa.Column("answer", sa.Text()),
        sa.ForeignKeyConstraint(["answered_by_id"], ["person.id"]),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"]),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_escalation_item_id", "escalation", ["item_id"])

    op.create_table(
        "handover",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("district_id", sa.String(length=200), nullable=False),
        sa.Column("item_id", NUMBER, nullable=False),
        sa.Column("from_id", NUMBER, nullable=False),
        sa.Column("to_id", NUMBER, nullable=False),
        sa.Column("lead_id", NUMBER, nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("status", sa.String(length=200), nullable=False),
        sa.Column("asked_at", store.types.UtcDateTime(), nullable=False),
        sa.Column("decided_at", store.types.UtcDateTime()),
        sa.ForeignKeyConstraint(["from_id"], ["person.id"]),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"]),
        sa.ForeignKeyConstraint(["lead_id"], ["department.id"]),
        sa.ForeignKeyConstraint(["to_id"], ["person.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("handover_to", "handover", ["to_id", "status"])
    op.create_index("ix_handover_item_id", "handover", ["item_id"])

    op.create_table(
        "listing",
        sa.Column("person_id", NUMBER, nullable=False),
        sa.Column("place", NUMBER, nullable=False),
        sa.Column("item_id", NUMBER, nullable=False),
        sa.Column("at", store.types.UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"]),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"]),
        sa.PrimaryKeyConstraint("person_id", "place"),
    )
    op.create_table(
        "pause",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("district_id", sa.String(length=200), nullable=False),
        sa.Column("item_id", NUMBER, nullable=False),
        sa.Column("by_id", NUMBER, nullable=False),
        sa.Column("from_at", store.types.UtcDateTime(), nullable=False),
        sa.Column("until_at", store.types.UtcDateTime(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("status", sa.String(length=200), nullable=False),
        sa.Column("ended_at", store.types.UtcDateTime()),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"]),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"]),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("ix_pause_item_id", "pause", ["item_id"])

    op.create_table(
        "reminder",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("district_id", sa.String(length=200), nullable=False),
        sa.Column("item_id", NUMBER, nullable=False),
        sa.Column("round", NUMBER, nullable=False),
        sa.Column("rung", sa.String(length=200), nullable=False),
        sa.Column("due_at", store.types.UtcDateTime(), nullable=False),
        sa.Column("status", sa.String(length=200), nullable=False),
        sa.Column("said_at", store.types.UtcDateTime()),
        sa.Column("why", sa.String(length=200)),
        sa.ForeignKeyConstraint(["item_id"], ["item.id"]),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("district_id", "item_id", "round", "rung", "due_at"),
    )
    op.create_index("reminder_due", "reminder", ["status", "due_at"])

    with op.batch_alter_table("department") as batch_op:
        batch_op.add_column(sa.Column("successor_code", sa.String(length=200)))

    with op.batch_alter_table("person") as batch_op:
        batch_op.add_column(sa.Column("successor_id", NUMBER))
        batch_op.create_foreign_key("person_successor", "person", ["successor_id"], ["id"])

    with op.batch_alter_table("item") as batch_op:
        batch_op.add_column(sa.Column("scope", sa.String(length=200), server_default="ours", nullable=False))
        batch_op.add_column(sa.Column("campaign", sa.String(length=200)))
        batch_op.add_column(sa.Column("superior_number", sa.String(length=200)))
        batch_op.add_column(sa.Column("batch_id", NUMBER))
        batch_op.add_column(sa.Column("acting_for_id", NUMBER))
        batch_op.add_column(sa.Column("attention", NUMBER, server_default="0", nullable=False))
        batch_op.add_column(sa.Column("assigned_at", store.types.UtcDateTime()))
        batch_op.add_column(sa.Column("sign_due_at", store.types.UtcDateTime()))
        batch_op.add_column(sa.Column("signed_at", store.types.UtcDateTime()))
        batch_op.add_column(sa.Column("contacted_at", store.types.UtcDateTime()))
        batch_op.add_column(sa.Column("heard_at", store.types.UtcDateTime()))
        batch_op.add_column(sa.Column("paused_until", store.types.UtcDateTime()))
        batch_op.add_column(sa.Column("result_code", sa.String(length=200)))
        batch_op.add_column(sa.Column("planned_at", store.types.UtcDateTime()))
        batch_op.add_column(sa.Column("reply_rating", NUMBER))
        batch_op.add_column(sa.Column("followup_at", store.types.UtcDateTime()))
        batch_op.add_column(sa.Column("followup", sa.String(length=200)))
        batch_op.create_index("ix_item_batch_id", ["batch_id"])
        batch_op.create_foreign_key("item_acting_for", "person", ["acting_for_id"], ["id"])
        batch_op.create_foreign_key("item_batch", "batch", ["batch_id"], ["id"])
        for index, columns in ITEM_INDEXES.items():
            batch_op.create_index(index, columns)
    op.create_index("event_of_action", "event", ["action", "at"])
    op.create_index("outbox_to_person", "outbox", ["person_id", "sent_at"])

    with op.batch_alter_table("item_support") as batch_op:
        batch_op.add_column(sa.Column("officer_id", NUMBER))
        batch_op.add_column(sa.Column("status", sa.String(length=200), server_default="asked", nullable=False))
        batch_op.add_column(sa.Column("asked_at", store.types.UtcDateTime()))
        batch_op.add_column(sa.Column("due_at", store.types.UtcDateTime()))
        batch_op.add_column(sa.Column("answered_at", store.types.UtcDateTime()))
        batch_op.add_column(sa.Column("answer", sa.Text()))
        batch_op.create_foreign_key("item_support_officer", "person", ["officer_id"], ["id"])

    _date_what_is_open()


def _date_what_is_open() -> None:
    """What was in somebody's hands before these dates were kept: since its state, and a day to sign. Nobody is
    asked afterwards whether he spoke with the enterprise."""
    names = ("assigned_at", "sign_due_at", "signed_at", "contacted_at", "state_since")
    item = sa.table("item", sa.column("state"), *(sa.column(name, store.types.UtcDateTime()) for name in names))
    since, bind = item.c.state_since, op.get_bind()
    handling = item.update().where(item.c.state == "handling")
    bind.execute(handling.values(assigned_at=since, signed_at=since, contacted_at=since))
    unsigned = sa.select(since).where(item.c.state == "assigned").distinct()
    for (moment,) in bind.execute(unsigned).all():
        rows = item.update().where(item.c.state == "assigned", since == moment)
        bind.execute(rows.values(assigned_at=moment, sign_due_at=moment + timedelta(days=1)))


def downgrade() -> None:
    op.drop_index("event_of_action", "event")
    op.drop_index("outbox_to_person", "outbox")
    with op.batch_alter_table("item_support") as batch_op:
        batch_op.drop_constraint("item_support_officer", type_="foreignkey")
        for column in SUPPORT_COLUMNS:
            batch_op.drop_column(column)
    with op.batch_alter_table("item") as batch_op:
        batch_op.drop_constraint("item_acting_for", type_="foreignkey")
        batch_op.drop_constraint("item_batch", type_="foreignkey")
        for index in (*ITEM_INDEXES, "ix_item_batch_id"):
            batch_op.drop_index(index)
        for column in ITEM_COLUMNS:
            batch_op.drop_column(column)
    with op.batch_alter_table("person") as batch_op:
        batch_op.drop_constraint("person_successor", type_="foreignkey")
        batch_op.drop_column("successor_id")
    with op.batch_alter_table("department") as batch_op:
        batch_op.drop_column("successor_code")
    for table in TABLES:
        op.drop_table(table)
