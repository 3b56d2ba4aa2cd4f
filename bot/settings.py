"""Read the BOT_ settings: whom the bot serves, through which server, how patiently."""

import logging
import re
import stat
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Annotated
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, ValidationInfo
from pydantic_settings import SettingsConfigDict

from bot.logs import Form, Level
from index import RootedPath, Settings, read_dotenv, read_settings

TELEGRAM = "https://api.telegram.org"

logger = logging.getLogger(__name__)


def _token(value: SecretStr | None) -> SecretStr | None:
    if value is None:
        return None
    token = value.get_secret_value().strip()
    if not re.fullmatch(r"[0-9]+:[A-Za-z0-9_-]+", token):
        raise ValueError("not a token")
    return SecretStr(token)


def _address(value: str) -> str:
    value = value.strip().rstrip("/")
    if not value.startswith(("http://", "https://")):
        raise ValueError("not an address")
    return value


def _webhook_address(value: str | None, info: ValidationInfo) -> str | None:
    if not value or not value.strip():
        return None
    address = _address(value)
    # A Bot API server of one's own also brings updates over http; Telegram's never does.
    if info.data.get("api_url") == TELEGRAM and not address.startswith("https://"):
        raise ValueError("not https")
    return address


def _secret(value: SecretStr | None) -> SecretStr | None:
    if value is None or not value.get_secret_value():
        return None
    if not re.fullmatch(r"[A-Za-z0-9_-]{1,256}", value.get_secret_value()):
        raise ValueError("not a secret")
    return value


def _zone(value: str) -> str:
    try:
        return ZoneInfo(value.strip()).key
    except (ZoneInfoNotFoundError, OSError) as error:
        raise ValueError("no time zone") from error


def _never_or_two_minutes(value: float) -> float:
    # A quiet getUpdates alone takes the better part of one.
    if 0 < value < 120:
        raise ValueError("too short")
    return value


def _separate_numbers(value: object) -> object:
    return tuple(value.replace(",", " ").split()) if isinstance(value, str) else value


class BotSettings(Settings):
    """What the bot needs to know before it starts; no token means that there is no bot."""

    model_config = SettingsConfigDict(env_prefix="BOT_")

    token: Annotated[SecretStr | None, AfterValidator(_token)] = Field(
        None, description="the token that @BotFather gave, digits and a colon first"
    )
    api_url: Annotated[str, AfterValidator(_address)] = Field(
        TELEGRAM, description="the http(s) address of a Bot API server"
    )
    admins: Annotated[tuple[int, ...], BeforeValidator(_separate_numbers)] = Field(
        (), description="numeric Telegram user ids, separated by commas"
    )
    chats: Annotated[tuple[int, ...], BeforeValidator(_separate_numbers)] = Field(
        (), description="numeric Telegram chat ids, separated by commas"
    )
    data: RootedPath = Field(Path("data/"), description="a folder")
    patience_s: float = Field(30, gt=0, le=600, description="a number of seconds up to 600")
    time_zone: Annotated[str, AfterValidator(_zone)] = Field(
        "UTC", description="a time zone such as Europe/Berlin"
    )
    remember_days: int = Field(30, ge=1, le=3650, description="a whole number of days from 1")
    votes_days: int = Field(180, ge=1, le=3650, description="a whole number of days from 1")
    unanswered_days: int = Field(90, ge=1, le=3650, description="a whole number of days from 1")
    drain_s: float = Field(10, ge=0, le=300, description="a number of seconds up to 300")
    watchdog_s: Annotated[float, AfterValidator(_never_or_two_minutes)] = Field(
        600, ge=0, le=86_400, description="a number of seconds from 120, or 0 for never"
    )
    fresh_s: float = Field(600, ge=0, le=86_400, description="a number of seconds up to 86400")
    webhook_url: Annotated[str | None, AfterValidator(_webhook_address)] = Field(
        None, description="the https address at which Telegram reaches the bot"
    )
    webhook_secret: Annotated[SecretStr | None, AfterValidator(_secret)] = Field(
        None, description="1 to 256 of the characters A-Z, a-z, 0-9, _ and -"
    )
    webhook_host: str = Field("127.0.0.1", min_length=1, description="an address of this machine")
    webhook_port: int = Field(8443, ge=1, le=65_535, description="a port from 1 to 65535")
    queue: int = Field(200, ge=1, le=100_000, description="a whole number from 1")
    log_format: Form = Field(Form.TEXT, description="text or json")
    log_level: Level = Field(Level.INFO, description="debug, info, warning or error")
    metrics_port: int | None = Field(
        None, ge=0, le=65_535, description="a free port, or 0 for any; empty is off"
    )
    metrics_host: str = Field("127.0.0.1", description="an address of this machine")

    @property
    def secrets(self) -> tuple[str, ...]:
        """The values that nobody may read, in a log or anywhere else."""
        values = (getattr(self, name) for name in type(self).model_fields)
        return tuple(each.get_secret_value() for each in values if isinstance(each, SecretStr))


def load_bot_settings(environ: Mapping[str, str], dotenv: Path | None) -> BotSettings:
    """Give the BOT_ settings of an environment and, where that is silent, of a .env file.

    A file that holds the token and is open to others than its owner earns a warning, once.
    """
    settings = read_settings(BotSettings, environ, dotenv)
    if dotenv is not None and dict(read_dotenv(dotenv)).get("BOT_TOKEN"):
        _warn_of_readers(dotenv)
    return settings


@cache  # one warning a file, however many ask for the settings
def _warn_of_readers(dotenv: Path) -> None:
    if dotenv.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        logger.warning(
            "%(file)s holds BOT_TOKEN and is open to others; run: chmod 600 %(file)s",
            {"file": dotenv},
        )
