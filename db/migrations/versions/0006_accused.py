"""Appeals that accuse a unit are found without reading the others: figures leave them out."""

from alembic import op

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """They are few: an index of them alone."""
    op.get_bind().exec_driver_sql(
        "create index ix_cases_accused on cases (received_at) where accused <> '{}'"
    )
