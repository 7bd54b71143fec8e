"""What was thinned"""

import sqlalchemy as sa
from alembic import op

import scanner.tables

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """To this version."""
    op.create_table(
        "thinned",
        sa.Column("hash", sa.String(length=64), nullable=False),
        sa.Column("kind", sa.String(length=20), nullable=False),
        sa.Column("size", sa.Integer(), nullable=False),
        sa.Column("at", scanner.tables.Instant(timezone=True), nullable=False),
        sa.Column("why", sa.String(length=20), nullable=False),
        sa.PrimaryKeyConstraint("hash", name=op.f("pk_thinned")),
    )


def downgrade() -> None:
    """Back to the version before."""
    op.drop_table("thinned")
