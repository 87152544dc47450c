"""Row security of cases: a scope of a kind that is not known opens nothing."""

from alembic import op

from db.rowsecurity import cases_anew

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """The present policies."""
    for statement in cases_anew():
        op.get_bind().exec_driver_sql(statement)
