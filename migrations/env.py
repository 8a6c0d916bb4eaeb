"""Runs the migrations on the connection that `coopfarm.store.migrate` hands over."""

from alembic import context

from coopfarm.store.geometry import include_object
from coopfarm.store.migrate import METADATA

connection = context.config.attributes["connection"]
context.configure(
    connection=connection,
    target_metadata=METADATA,
    include_object=include_object,
    compare_type=True,
    render_as_batch=connection.dialect.name == "sqlite",
    transaction_per_migration=False,
)
context.run_migrations()
