"""Messages that are only stored while too many come at once, and understood later."""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("inbox", sa.Column("waiting", sa.Boolean(), server_default=sa.false(), nullable=False))
    where = sa.text("waiting")
    op.create_index("inbox_waiting", "inbox", ["person_id", "id"], sqlite_where=where, postgresql_where=where)


def downgrade() -> None:
    op.drop_index("inbox_waiting", "inbox")
    with op.batch_alter_table("inbox") as batch_op:
        batch_op.drop_column("waiting")
