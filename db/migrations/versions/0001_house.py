"""The house: places, people, cases and what surrounds them, with row-level security."""

from pathlib import Path

from alembic import context, op

from db.rowsecurity import policies

revision = "0001"
down_revision = None


def upgrade() -> None:
    """All tables (the SQL stands beside), then who may see which rows."""
    op.get_bind().exec_driver_sql(Path(__file__).with_suffix(".sql").read_text())
    for statement in policies(context.config.attributes["app_role"]):
        op.get_bind().exec_driver_sql(statement)
