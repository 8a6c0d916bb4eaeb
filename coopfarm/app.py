"""The door: everything is put together here, and nowhere else."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

from flask import Flask
from flask_babel import Babel
from flask_compress import Compress
from werkzeug.middleware.proxy_fix import ProxyFix

from coopfarm import assets
from coopfarm.config import Settings
from coopfarm.equipment import api as equipment_api
from coopfarm.equipment import views as equipment
from coopfarm.equipment.planner import campaigns, rounds
from coopfarm.home import views as home
from coopfarm.land import api as land_api
from coopfarm.land import views as land
from coopfarm.ledger import api as ledger_api
from coopfarm.ledger import views as ledger
from coopfarm.maps import views as maps
from coopfarm.members import api as members_api
from coopfarm.members import views as members
from coopfarm.members.queries.enrolment import homes_of_number
from coopfarm.members.views import telling as told
from coopfarm.notebook import api as notebook_api
from coopfarm.notebook import views as notebook
from coopfarm.parties import api as parties_api
from coopfarm.parties import views as parties
from coopfarm.pests import api as pests_api
from coopfarm.pests import views as pests
from coopfarm.sms import actions as sms_actions
from coopfarm.sms import api as sms_api
from coopfarm.sms import views as sms
from coopfarm.store.db import Database
from coopfarm.store.queue import Queue
from coopfarm.water import api as water_api
from coopfarm.water import views as water
from coopfarm.water.planner import run as plan_run
from coopfarm.web import edge, offline, pages, tongue
from coopfarm.web.openapi import make_api

# A file of 20 MB, and the form around it.
LARGEST_REQUEST = 21 * 1024 * 1024
# What is text and is sent often; calendars among it.
_PACKED = (
    *("text/html", "text/css", "text/plain", "text/javascript", "text/calendar", "text/xml"),
    *("application/javascript", "application/json", "application/manifest+json"),
    *("application/xml", "image/svg+xml"),
)


def system_clock() -> datetime:
    return datetime.now(UTC)


def create_app(settings: Settings, *, clock: Callable[[], datetime] = system_clock) -> Flask:
    """The application on a database that `migrate` has brought up to date."""
    app = Flask(
        __name__,
        template_folder=str(assets.folder("templates")),
        static_folder=str(assets.folder("static")),
    )
    _configure(app, settings)
    database = Database(settings.database)
    at_once = settings.worker == "at-once"
    queue = Queue(settings.database, Path(settings.data_dir), at_once=at_once)
    queue.teach(plan_run.JOB, lambda argument: plan_run.perform(database, argument, clock))
    queue.teach(campaigns.JOB, lambda argument: campaigns.perform(database, argument, clock))
    queue.teach(rounds.JOB, lambda argument: rounds.perform(database, argument, clock))
    post_office = sms_actions.open_post_office(settings)
    queue.teach(sms_actions.JOB, lambda argument: post_office.send(database, argument, clock))
    app.extensions.update(
        coopfarm_settings=settings,
        coopfarm_database=database,
        coopfarm_queue=queue,
        coopfarm_clock=clock,
        coopfarm_sms=post_office,
        coopfarm_sms_whose=homes_of_number,
    )
    Babel(app, locale_selector=tongue.locale)
    Compress(app)
    pages.init_app(app)
    _open_doors(app)
    edge.init_app(app)
    told.init_app(app)
    if settings.trusted_proxies:
        app.wsgi_app = ProxyFix(  # type: ignore[method-assign]
            app.wsgi_app, x_for=settings.trusted_proxies, x_proto=0, x_host=0
        )
    return app


def _configure(app: Flask, settings: Settings) -> None:
    app.config.update(
        SECRET_KEY=settings.secret_key,
        SESSION_COOKIE_NAME="__Host-coopfarm" if settings.https else "coopfarm",
        SESSION_COOKIE_SECURE=settings.https,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        PERMANENT_SESSION_LIFETIME=timedelta(days=30),
        # Otherwise every answer sets the cookie, those too that any cache may keep.
        SESSION_REFRESH_EACH_REQUEST=False,
        MAX_CONTENT_LENGTH=LARGEST_REQUEST,
        SEND_FILE_MAX_AGE_DEFAULT=timedelta(hours=1),
        WTF_CSRF_TIME_LIMIT=None,
        BABEL_TRANSLATION_DIRECTORIES=str(assets.folder("translations")),
        COMPRESS_ALGORITHM=["br", "gzip"],
        COMPRESS_MIMETYPES=[*_PACKED],
    )


def _open_doors(app: Flask) -> None:
    for views in (
        sms,
        members,
        land,
        water,
        equipment,
        parties,
        pests,
        ledger,
        home,
        maps,
        notebook,
    ):
        app.register_blueprint(views.bp)
    app.register_blueprint(sms_api.api)
    # After the members, who tell who asks.
    app.register_blueprint(offline.bp)
    documented = make_api(app)
    apis = (
        members_api,
        land_api,
        water_api,
        equipment_api,
        parties_api,
        pests_api,
        ledger_api,
        notebook_api,
    )
    for module in apis:
        documented.register_blueprint(module.api, url_prefix="/api/v1")
