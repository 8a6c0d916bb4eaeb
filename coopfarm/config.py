"""Everything an operator may set, in one place."""

import os
import secrets
import struct
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from marshmallow import RAISE, Schema, ValidationError, validate
from marshmallow import fields as wire

PREFIX = "COOPFARM_"
SMS_GATEWAYS = ("console", "twilio", "africas-talking", "rapidpro", "kannel", "gammu")
_OF_THIS_MACHINE = ("127.0.0.1", "::1", "localhost")
LANGUAGES = {"en": "English", "ar": "العربية"}
_SECRETS = ("secret_key", "pepper")
_MADE_IN_DEVELOPMENT = "development-"
_PUBLISHED = frozenset(
    f"a {what} for tests, long enough to be taken" for what in ("secret", "pepper")
)
_DISTINCT_SIGNS = 12
_MAP_HEAD_BYTES, _MAP_TILES_AT, _VECTOR_TILES = 127, 99, 1
_MAKE = "python3 -c 'import secrets; print(secrets.token_urlsafe(48))'"


class BadSettingError(Exception):
    """A setting that cannot be used: the program does not start, and names it."""


@dataclass(frozen=True, slots=True)
class Settings:
    """Each field is read from COOPFARM_<NAME> or the TOML file; see docs/settings.md."""

    data_dir: Path = Path("instance")
    database_url: str = ""
    owner_url: str = ""
    secret_key: str = ""
    pepper: str = ""
    environment: str = "development"
    host: str = "127.0.0.1"
    port: int = 8000
    threads: int = 4
    https: bool = False
    trusted_proxies: int = 0
    worker: str = "inside"
    public_url: str = ""
    sms_gateway: str = ""
    sms_url: str = ""
    sms_user: str = ""
    sms_secret: str = ""
    sms_sender: str = ""
    sms_codes_a_day: int = 200
    base_map: str = ""

    @property
    def database(self) -> str:
        """The URL of the database: the one set, or the file in `data_dir`."""
        return self.database_url or f"sqlite:///{self.data_dir.absolute() / 'coopfarm.db'}"

    @property
    def owner(self) -> str:
        """The URL by which the tables are made: their owner's, where that is somebody else."""
        return self.owner_url or self.database

    @property
    def gateway(self) -> str:
        """The name of the gateway for short messages; on the screen in development, if unset."""
        return self.sms_gateway or ("console" if self.environment == "development" else "")


class _Checked(Schema):
    data_dir = wire.String(validate=validate.Length(min=1))
    database_url = wire.String()
    owner_url = wire.String()
    secret_key = wire.String(validate=validate.Length(min=32))
    pepper = wire.String(validate=validate.Length(min=32))
    environment = wire.String(validate=validate.OneOf(["development", "production"]))
    host = wire.String()
    port = wire.Integer(validate=validate.Range(1, 65535))
    threads = wire.Integer(validate=validate.Range(1, 64))
    https = wire.Boolean()
    trusted_proxies = wire.Integer(validate=validate.Range(0, 5))
    worker = wire.String(validate=validate.OneOf(["inside", "outside", "at-once"]))
    public_url = wire.String(validate=validate.Regexp(r"https?://[^/?#\s]+$"))
    sms_gateway = wire.String(validate=validate.OneOf(SMS_GATEWAYS))
    sms_url = wire.String()
    sms_user = wire.String()
    sms_secret = wire.String()
    sms_sender = wire.String()
    sms_codes_a_day = wire.Integer(validate=validate.Range(0, 100_000))
    base_map = wire.String()


def read_settings(environ: Mapping[str, str] | None = None) -> Settings:
    """Settings from the environment over the TOML file over the defaults.

    Raises BadSettingError naming the key that is unknown or has no usable value, and in
    production when a secret was left to chance or is known to others.
    """
    environ = os.environ if environ is None else environ
    said = {
        key.removeprefix(PREFIX).lower(): value
        for key, value in environ.items()
        if key.startswith(PREFIX)
    }
    said = _from_file(said.pop("config", None)) | said
    try:
        checked = _Checked().load(said, unknown=RAISE)
    except ValidationError as error:
        raise BadSettingError(_in_words(error)) from error
    if "data_dir" in checked:
        checked["data_dir"] = Path(checked["data_dir"])
    settings = Settings(**checked)
    if settings.base_map and (why := _why_no_map(Path(settings.base_map))):
        raise BadSettingError(f"{PREFIX}BASE_MAP: {settings.base_map}: {why}")
    if settings.environment == "production":
        _refuse_development(settings)
        _refuse_open_lines(settings)
    return settings


def with_secrets(settings: Settings) -> Settings:
    """The same settings, with secrets from `data_dir`, made there at the first start."""
    made = {
        name: getattr(settings, name) or _kept_secret(settings.data_dir / f"{name}.txt")
        for name in _SECRETS
    }
    return Settings(**{f.name: getattr(settings, f.name) for f in fields(settings)} | made)


def _from_file(path: str | None) -> dict[str, Any]:
    if path is None:
        return {}
    try:
        return tomllib.loads(Path(path).read_text("utf-8"))
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise BadSettingError(f"{PREFIX}CONFIG: {path}: {error}") from error


def _in_words(error: ValidationError) -> str:
    messages: Mapping[str, Any] = error.normalized_messages()  # type: ignore[no-untyped-call]
    return "; ".join(f"{PREFIX}{k.upper()}: {' '.join(v)}" for k, v in sorted(messages.items()))


def _refuse_development(settings: Settings) -> None:
    """In production nothing may be known to others that keeps them out. Raises BadSettingError."""
    for name in _SECRETS:
        why = _why_unfit(getattr(settings, name), settings.data_dir / f"{name}.txt")
        if why:
            raise BadSettingError(f"{PREFIX}{name.upper()}: {why}; make one with: {_MAKE}")
    if settings.secret_key == settings.pepper:
        raise BadSettingError(
            f"{PREFIX}PEPPER: is the same as {PREFIX}SECRET_KEY; make another with: {_MAKE}"
        )
    if not settings.https and settings.host not in _OF_THIS_MACHINE:
        raise BadSettingError(
            f"{PREFIX}HTTPS: PINs would be sent for everybody on the way to read. Listen at "
            f"127.0.0.1 behind a proxy that ends TLS, and set {PREFIX}HTTPS=true"
        )


def _why_no_map(path: Path) -> str:
    """What is wrong with a base map; empty when nothing is."""
    try:
        with path.open("rb") as file:
            head = file.read(_MAP_HEAD_BYTES)
            size = file.seek(0, os.SEEK_END)
    except OSError as error:
        return f"cannot be read: {error.strerror}"
    # PMTiles version 3, section 3: magic, version, four offsets and lengths, type of the tiles.
    if len(head) < _MAP_HEAD_BYTES or head[:8] != b"PMTiles\x03":
        return "is no PMTiles file of version 3"
    places = struct.unpack_from("<8Q", head, 8)
    if any(at + length > size for at, length in zip(places[::2], places[1::2], strict=True)):
        return "is cut short: copy it again"
    if head[_MAP_TILES_AT] != _VECTOR_TILES:
        return "has pictures in it: only vector tiles are drawn"
    return ""


def _why_unfit(secret: str, made_here: Path) -> str:
    """What is wrong with a secret for production; empty when nothing is."""
    if not secret:
        return "must be set in production"
    if secret.startswith(_MADE_IN_DEVELOPMENT):
        return "was made for development"
    if made_here.exists() and made_here.read_text("utf-8").strip() == secret.strip():
        return f"was made for development, and stands in {made_here}"
    if secret in _PUBLISHED or len(set(secret)) < _DISTINCT_SIGNS:
        return "can be guessed: it stands in the docs or repeats itself"
    return ""


def _refuse_open_lines(settings: Settings) -> None:
    """Codes leave this machine by https alone, and never for the screen of the demo."""
    if settings.gateway == "console":
        raise BadSettingError(f"{PREFIX}SMS_GATEWAY: the handset on the screen is for development")
    if settings.gateway in ("", "gammu"):
        return
    where = urlsplit(settings.sms_url)
    if settings.sms_url and where.scheme != "https" and where.hostname not in _OF_THIS_MACHINE:
        raise BadSettingError(f"{PREFIX}SMS_URL: must begin with https:// in production")
    if not settings.public_url:
        raise BadSettingError(f"{PREFIX}PUBLIC_URL: the gateway needs it to reach us")


def _kept_secret(path: Path) -> str:
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.touch(mode=0o600)
        path.write_text(_MADE_IN_DEVELOPMENT + secrets.token_urlsafe(48))
    return path.read_text()
