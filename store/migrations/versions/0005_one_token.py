"""One access token an account for all processes."""

import sqlalchemy as sa
from alembic import op

import store.types

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "token",
        sa.Column("district_id", sa.String(length=200), nullable=False),
        sa.Column("account", sa.String(length=200), nullable=False),
        sa.Column("value", sa.Text()),
        sa.Column("expires_at", store.types.UtcDateTime()),
        sa.Column("refresher", sa.String(length=200)),
        sa.Column("lease_until", store.types.UtcDateTime()),
        sa.Column("day", sa.Date()),
        sa.Column("fetched", NUMBER, nullable=False, server_default="0"),
        sa.Column("shut_until", store.types.UtcDateTime()),
        sa.Column("shut_code", NUMBER),
        sa.PrimaryKeyConstraint("district_id", "account"),
    )


def downgrade() -> None:
    op.drop_table("token")
