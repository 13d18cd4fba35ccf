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
UNFOLDED = "NOT folded"
"""SQLite, where questions say `folded = 0`, never took an index of this."""


def upgrade() -> None:
    for name, table, _, _ in BEFORE:
        op.drop_index(name, table)
    for name, table, columns, where in AFTER:
        _make(name, table, columns, where)
    _make_unfolded("folded = 0")


def downgrade() -> None:
    for name, table, _, _ in AFTER:
        op.drop_index(name, table)
    for name, table, columns, where in BEFORE:
        _make(name, table, columns, where)
    _make_unfolded(UNFOLDED)


def _make(name: str, table: str, columns: list[str], where: str | None) -> None:
    some = sa.text(where) if where else None
    op.create_index(name, table, columns, postgresql_where=some, sqlite_where=some)


def _make_unfolded(on_sqlite: str) -> None:
    op.drop_index("item_unfolded", "item")
    some, there = sa.text(UNFOLDED), sa.text(on_sqlite)
    op.create_index("item_unfolded", "item", ["closed_at"], postgresql_where=some, sqlite_where=there)
