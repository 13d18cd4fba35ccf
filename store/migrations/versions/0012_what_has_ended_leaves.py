"""What has ended leaves the indexes of what is at work; an item's history and reminders, and what was assigned or
closed in a period, are found without reading the rest."""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

BEFORE = (
    ("item_due", "item", ["next_check_at"], None),
    ("item_open_of_officer", "item", ["officer_id", "closed_at"], None),
    ("item_open", "item", ["closed_at", "due_at"], None),
    ("outbox_due", "outbox", ["status", "next_try"], None),
    ("reminder_due", "reminder", ["status", "due_at"], None),
)
AFTER = (
    ("item_due", "item", ["next_check_at", "id"], "next_check_at IS NOT NULL"),
    ("item_open_of_officer", "item", ["officer_id", "closed_at"], "closed_at IS NULL"),
    ("item_open", "item", ["closed_at", "due_at"], "closed_at IS NULL"),
    ("item_closed", "item", ["closed_at"], "closed_at IS NOT NULL"),
    ("item_assigned", "item", ["assigned_at"], None),
    ("event_of_item", "event", ["item_id", "seq"], None),
    ("reminder_of_item", "reminder", ["item_id"], None),
    ("reminder_due", "reminder", ["due_at"], "status = 'planned'"),
    ("outbox_due", "outbox", ["next_try", "id"], "status IN ('ready', 'sending')"),
    ("outbox_with_words", "outbox", ["id"], "body IS NOT NULL OR identity_id IS NOT NULL"),
    ("outbox_by_status", "outbox", ["status"], None),
)
WRITTEN_ALIKE = (
    ("item_unfolded", "item", ["closed_at"], "NOT folded", "folded = 0"),
    ("inbox_waiting", "inbox", ["person_id", "id"], "waiting", "waiting = 1"),
)
"""SQLite takes an index of some rows only for a condition that is written alike, and there yes and no are 1 and 0."""


def upgrade() -> None:
    for name, table, _, _ in BEFORE:
        op.drop_index(name, table)
    for name, table, columns, where in AFTER:
        _make(name, table, columns, where, where)
    for name, table, columns, where, on_sqlite in WRITTEN_ALIKE:
        op.drop_index(name, table)
        _make(name, table, columns, where, on_sqlite)


def downgrade() -> None:
    for name, table, _, _ in AFTER:
        op.drop_index(name, table)
    for name, table, columns, where in BEFORE:
        _make(name, table, columns, where, where)
    for name, table, columns, where, _ in WRITTEN_ALIKE:
        op.drop_index(name, table)
        _make(name, table, columns, where, where)


def _make(name: str, table: str, columns: list[str], where: str | None, on_sqlite: str | None) -> None:
    some, there = sa.text(where) if where else None, sa.text(on_sqlite) if on_sqlite else None
    op.create_index(name, table, columns, postgresql_where=some, sqlite_where=there)
