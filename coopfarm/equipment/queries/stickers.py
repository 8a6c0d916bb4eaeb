"""The machine behind the secret of a sticker."""

from sqlalchemy import select

from coopfarm.equipment.models import Machine
from coopfarm.store.tenancy import ALL_COOPERATIVES, TenantSession


def by_tag(session: TenantSession, tag: str) -> Machine | None:
    """The machine of a sticker, whichever cooperative's; a retired one too."""
    session.show_token(tag)
    query = select(Machine).where(Machine.tag == tag)
    return session.scalar(query, execution_options=ALL_COOPERATIVES)
