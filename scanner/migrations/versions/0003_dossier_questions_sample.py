"""Dossier with its history, questions, sample"""

import sqlalchemy as sa
from alembic import op

import scanner.tables

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

SAID = "the dossier is append only: add a change that says what it is now"
SQLITE = """CREATE TRIGGER dossier_change_no_{what} BEFORE {what} ON dossier_change
BEGIN SELECT RAISE(ABORT, '{said}'); END"""
POSTGRESQL = (
    """CREATE FUNCTION dossier_change_stays() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION '{said}'; END $$""",
    """CREATE TRIGGER dossier_change_stays BEFORE UPDATE OR DELETE ON dossier_change
    FOR EACH ROW EXECUTE FUNCTION dossier_change_stays()""",
)


def upgrade() -> None:
    """To this version."""
    op.create_table(
        "dossier_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("channel", sa.String(length=64), nullable=False),
        sa.Column("at", scanner.tables.Instant(timezone=True), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("path", sa.Text(), nullable=False),
        sa.Column("before", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("after", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("since", sa.Date(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_dossier_change")),
    )
    op.create_index(op.f("ix_dossier_change_channel"), "dossier_change", ["channel"], unique=False)
    if op.get_bind().dialect.name == "sqlite":
        for what in ("UPDATE", "DELETE"):
            op.execute(SQLITE.format(what=what, said=SAID))
    elif op.get_bind().dialect.name == "postgresql":
        for statement in POSTGRESQL:
            op.execute(statement.format(said=SAID))
    op.create_table(
        "question",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("channel", sa.String(length=64), nullable=False),
        sa.Column("criterion", sa.String(length=10), nullable=False),
        sa.Column("fingerprint", sa.String(length=200), nullable=False),
        sa.Column("first_seen", sa.Date(), nullable=False),
        sa.Column("first_scan", sa.Integer(), nullable=False),
        sa.Column("last_scan", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_question")),
        sa.UniqueConstraint(
            "channel", "criterion", "fingerprint", name=op.f("uq_question_channel_criterion_fingerprint")
        ),
    )
    op.create_table(
        "sample",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("channel", sa.String(length=64), nullable=False),
        sa.Column("scan", sa.Integer(), nullable=False),
        sa.Column("made", scanner.tables.Instant(timezone=True), nullable=False),
        sa.Column("seed", sa.BigInteger(), nullable=False),
        sa.Column("entries", sa.JSON(), nullable=False),
        sa.Column("missing", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sample")),
    )
    op.create_index(op.f("ix_sample_channel"), "sample", ["channel"], unique=False)


def downgrade() -> None:
    """Back to the version before."""
    op.drop_table("sample")
    op.drop_table("question")
    op.drop_table("dossier_change")
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION dossier_change_stays()")
