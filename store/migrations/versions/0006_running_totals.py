"""Running totals, so that figures do not read the whole past; and indexes for what is asked with every message."""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
STRING = sa.String(length=200)


def upgrade() -> None:
    op.create_table(
        "total",
        sa.Column("district_id", STRING, primary_key=True),
        sa.Column("source", STRING, primary_key=True),
        sa.Column("campaign", STRING, primary_key=True),
        sa.Column("lead_id", NUMBER, primary_key=True, autoincrement=False),
        sa.Column("name", STRING, primary_key=True),
        sa.Column("basis", STRING, nullable=False),
        sa.Column("count", NUMBER, nullable=False),
    )
    op.add_column("item", sa.Column("folded", sa.Boolean(), server_default=sa.false(), nullable=False))
    where = sa.text("NOT folded")
    op.create_index("item_unfolded", "item", ["closed_at"], sqlite_where=where, postgresql_where=where)
    op.create_index("enterprise_of_contact", "enterprise_contact", ["person_id"])


def downgrade() -> None:
    op.drop_index("enterprise_of_contact", "enterprise_contact")
    op.drop_index("item_unfolded", "item")
    with op.batch_alter_table("item") as batch_op:
        batch_op.drop_column("folded")
    op.drop_table("total")
