"""What names people lies apart: particulars in a table of their own, accounts and raw messages sealed, other tables
with internal ids alone.

Data that are there are sealed on the way, and opened on the way down; for that the secret key must be given. A raw
message's key cannot be turned back: after going down, a repeat of a message that came before is taken for a new one.
"""

import secrets
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from alembic import context, op

import store.types
from store.vault import NoKey, Vault

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

NUMBER = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
STRING = sa.String(length=200)
ACCOUNT_KEY = "identity_district_id_channel_account_index_key"
OLD_ACCOUNT_KEY = "identity_district_id_channel_external_id_key"
OLD_PERSON_KEY = "person_district_id_key_key"
PART = 500


def upgrade() -> None:
    _particulars()
    _accounts()
    _inbox()
    _audit()
    with op.batch_alter_table("outbox") as batch_op:
        batch_op.add_column(sa.Column("identity_id", NUMBER))
        batch_op.create_foreign_key(
            "outbox_identity_id_fkey", "identity", ["identity_id"], ["id"], ondelete="SET NULL"
        )
        batch_op.create_index("ix_outbox_identity_id", ["identity_id"])
    _take_accounts_out_of_bodies()
    _names_into_particulars()
    _seal_accounts()
    _seal_inbox()
    with op.batch_alter_table("person") as batch_op:
        batch_op.add_column(sa.Column("erased_at", store.types.UtcDateTime()))
        batch_op.drop_column("name")
        batch_op.drop_column("key")
    with op.batch_alter_table("identity") as batch_op:
        batch_op.alter_column("account", existing_type=sa.Text(), nullable=False)
        batch_op.alter_column("account_index", existing_type=STRING, nullable=False)
        batch_op.drop_column("external_id")
        batch_op.create_unique_constraint(ACCOUNT_KEY, ["district_id", "channel", "account_index"])


def downgrade() -> None:
    with op.batch_alter_table("identity") as batch_op:
        batch_op.add_column(sa.Column("external_id", STRING))
    with op.batch_alter_table("person") as batch_op:
        batch_op.add_column(sa.Column("name", STRING))
        batch_op.add_column(sa.Column("key", STRING))
    _open_all()
    with op.batch_alter_table("person") as batch_op:
        batch_op.drop_column("erased_at")
        batch_op.alter_column("name", existing_type=STRING, nullable=False)
        batch_op.alter_column("key", existing_type=STRING, nullable=False)
        batch_op.create_unique_constraint(OLD_PERSON_KEY, ["district_id", "key"])
    op.drop_table("particulars")
    with op.batch_alter_table("outbox") as batch_op:
        batch_op.drop_index("ix_outbox_identity_id")
        batch_op.drop_constraint("outbox_identity_id_fkey", type_="foreignkey")
        batch_op.drop_column("identity_id")
    with op.batch_alter_table("identity") as batch_op:
        batch_op.alter_column("external_id", existing_type=STRING, nullable=False)
        batch_op.create_unique_constraint(OLD_ACCOUNT_KEY, ["district_id", "channel", "external_id"])
        batch_op.drop_constraint(ACCOUNT_KEY, type_="unique")
        for column in ("account", "account_index", "noticed_at", "heard_at", "in_minute", "in_day"):
            batch_op.drop_column(column)
    with op.batch_alter_table("inbox") as batch_op:
        batch_op.drop_index("ix_inbox_person_id")
        batch_op.drop_constraint("inbox_person_id_fkey", type_="foreignkey")
        batch_op.drop_column("person_id")
    op.drop_table("audit")
    op.drop_table("erasure")


def _particulars() -> None:
    op.create_table(
        "particulars",
        sa.Column("person_id", NUMBER, sa.ForeignKey("person.id"), nullable=False),
        sa.Column("district_id", STRING, nullable=False),
        sa.Column("key", STRING, nullable=False),
        sa.Column("name", STRING, nullable=False),
        sa.Column("phone", sa.Text()),
        sa.PrimaryKeyConstraint("person_id"),
        sa.UniqueConstraint("district_id", "key"),
    )
    op.create_index("particulars_by_name", "particulars", ["name"])


def _accounts() -> None:
    with op.batch_alter_table("identity") as batch_op:
        batch_op.add_column(sa.Column("account", sa.Text()))
        batch_op.add_column(sa.Column("account_index", STRING))
        batch_op.add_column(sa.Column("noticed_at", store.types.UtcDateTime()))
        batch_op.add_column(sa.Column("heard_at", store.types.UtcDateTime()))
        batch_op.add_column(sa.Column("in_minute", NUMBER, nullable=False, server_default="0"))
        batch_op.add_column(sa.Column("in_day", NUMBER, nullable=False, server_default="0"))


def _inbox() -> None:
    with op.batch_alter_table("inbox") as batch_op:
        batch_op.add_column(sa.Column("person_id", NUMBER))
        batch_op.create_foreign_key("inbox_person_id_fkey", "person", ["person_id"], ["id"])
        batch_op.create_index("ix_inbox_person_id", ["person_id"])


def _audit() -> None:
    op.create_table(
        "audit",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("district_id", STRING, nullable=False),
        sa.Column("seq", NUMBER, nullable=False),
        sa.Column("at", store.types.UtcDateTime(), nullable=False),
        sa.Column("actor_id", NUMBER, sa.ForeignKey("person.id")),
        sa.Column("action", STRING, nullable=False),
        sa.Column("person_id", NUMBER, sa.ForeignKey("person.id")),
        sa.Column("enterprise_id", NUMBER, sa.ForeignKey("enterprise.id")),
        sa.Column("data", sa.JSON(), nullable=False),
        sa.Column("hash", STRING, nullable=False),
        sa.PrimaryKeyConstraint("id"),
        sa.UniqueConstraint("district_id", "seq"),
    )
    op.create_table(
        "erasure",
        sa.Column("id", NUMBER, nullable=False),
        sa.Column("district_id", STRING, nullable=False),
        sa.Column("at", store.types.UtcDateTime(), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id"),
    )
    op.create_index("audit_of_person", "audit", ["person_id", "action", "at"])


# ---------------------------------------------------------------- the data

PERSON = sa.table("person", sa.column("id"), sa.column("district_id"), sa.column("key"), sa.column("name"))
PARTICULARS = sa.table("particulars", *map(sa.column, ("person_id", "district_id", "key", "name")))
IDENTITY = sa.table("identity", *map(sa.column, ("id", "channel", "external_id", "account", "account_index")))
PERSON_OF = sa.table("identity", sa.column("person_id"), sa.column("channel"), sa.column("external_id"))
INBOX = sa.table("inbox", *map(sa.column, ("id", "dedupe_key", "body", "reply")))
BODY = sa.column("body", sa.JSON())
OUTBOX = sa.table("outbox", *map(sa.column, ("id", "channel", "identity_id")), BODY)


def _vault() -> Vault:
    found = context.config.attributes.get("vault")
    if not isinstance(found, Vault):
        raise NoKey("the data that are there are to be sealed")
    return found


def _rows(*columns: Any) -> Iterator[Any]:
    """All rows with these columns, the first of which is the id, some at a time."""
    link, last = op.get_bind(), 0
    while rows := link.execute(sa.select(*columns).where(columns[0] > last).order_by(columns[0]).limit(PART)).all():
        yield from rows
        last = rows[-1][0]


def _names_into_particulars() -> None:
    """A stranger's key was made of the account, and becomes one that says nothing."""
    link = op.get_bind()
    accounts = link.execute(sa.select(PERSON_OF.c.person_id, PERSON_OF.c.channel, PERSON_OF.c.external_id))
    telling = {(row.person_id, f"{row.channel}:{row.external_id}") for row in accounts}
    for row in _rows(PERSON.c.id, PERSON.c.district_id, PERSON.c.key, PERSON.c.name):
        key = f"stranger:{secrets.token_hex(8)}" if (row.id, row.key) in telling else row.key
        values = {"person_id": row.id, "district_id": row.district_id, "key": key, "name": row.name}
        link.execute(sa.insert(PARTICULARS).values(**values))


def _seal_accounts() -> None:
    for row in _rows(IDENTITY.c.id, IDENTITY.c.channel, IDENTITY.c.external_id):
        sealed = _vault().seal("account", row.external_id)
        index = _vault().index("account", f"{row.channel}:{row.external_id}")
        changed = sa.update(IDENTITY).where(IDENTITY.c.id == row.id)
        op.get_bind().execute(changed.values(account=sealed, account_index=index))


def _seal_inbox() -> None:
    for row in _rows(INBOX.c.id, INBOX.c.dedupe_key, INBOX.c.body, INBOX.c.reply):
        vault = _vault()
        reply = vault.seal("inbox", row.reply) if row.reply else row.reply
        sealed = {"dedupe_key": vault.index("inbox", row.dedupe_key), "body": vault.seal("inbox", row.body)}
        op.get_bind().execute(sa.update(INBOX).where(INBOX.c.id == row.id).values(**sealed, reply=reply))


def _take_accounts_out_of_bodies() -> None:
    link = op.get_bind()
    known = link.execute(sa.select(IDENTITY.c.id, IDENTITY.c.channel, IDENTITY.c.external_id)).all()
    on = {"wecom": "wecom", "custom": "oa", "template": "oa"}
    found = {(row.channel, row.external_id): row.id for row in known}
    for row in _rows(OUTBOX.c.id, OUTBOX.c.channel, OUTBOX.c.body):
        if not row.body or "touser" not in row.body:
            continue
        body = {name: value for name, value in row.body.items() if name != "touser"}
        identity = found.get((on.get(row.channel, ""), row.body["touser"]))
        op.get_bind().execute(sa.update(OUTBOX).where(OUTBOX.c.id == row.id).values(body=body, identity_id=identity))


def _open_all() -> None:
    link, accounts = op.get_bind(), {}
    for row in _rows(PARTICULARS.c.person_id, PARTICULARS.c.key, PARTICULARS.c.name):
        named = sa.update(PERSON).where(PERSON.c.id == row.person_id)
        link.execute(named.values(key=row.key, name=row.name))
    for row in _rows(IDENTITY.c.id, IDENTITY.c.account):
        accounts[row.id] = _vault().open("account", row.account)
        link.execute(sa.update(IDENTITY).where(IDENTITY.c.id == row.id).values(external_id=accounts[row.id]))
    for row in _rows(INBOX.c.id, INBOX.c.body, INBOX.c.reply):
        body, reply = (_vault().open("inbox", text) if text else text for text in (row.body, row.reply))
        link.execute(sa.update(INBOX).where(INBOX.c.id == row.id).values(body=body, reply=reply))
    for row in _rows(OUTBOX.c.id, OUTBOX.c.identity_id, OUTBOX.c.body):
        if row.body and row.identity_id in accounts:
            body = {"touser": accounts[row.identity_id], **row.body}
            link.execute(sa.update(OUTBOX).where(OUTBOX.c.id == row.id).values(body=body))
