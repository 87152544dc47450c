"""A case shows by when its present stage has to be left, as it shows its own deadline."""

from alembic import op

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """The column, filled from the clocks that run."""
    run = op.get_bind().exec_driver_sql
    run("alter table cases add column stage_due_at timestamptz")
    run(
        "update cases c set stage_due_at = k.due_at from clock k"
        " where k.county = c.county and k.case_id = c.id and k.kind = 'stage'"
        " and k.stopped_at is null and k.paused_at is null and k.due_at is not null"
    )
