"""Pictures, for the members of the cooperative they are of."""

from typing import Final
from uuid import UUID

from flask import make_response
from flask import request as http
from flask.typing import ResponseReturnValue

from coopfarm.equipment.queries import pictures
from coopfarm.equipment.views.door import bp
from coopfarm.web import request

# A picture is never changed; another one has another address.
_FOR_EVER: Final = "private, max-age=31536000, immutable"


@bp.get("/pictures/<uuid:picture_id>")
@request.allowed()
def picture(picture_id: UUID) -> ResponseReturnValue:
    """A picture of a machine, a meter or a fault"""
    found = pictures.picture(request.session(), picture_id)
    response = make_response(found.content)
    response.content_type = found.media_type
    response.headers["Cache-Control"] = _FOR_EVER
    response.set_etag(found.id.hex)
    return response.make_conditional(http)
