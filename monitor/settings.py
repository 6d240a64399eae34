"""Settings and the clock: the only reader of the environment, and the only place where "today" is asked.

Every setting is an environment variable `MONITOR_<NAME>`, or a line of a file `.env` in the folder
from which the program is started.
"""

from __future__ import annotations

import datetime as dt
import getpass
import json
import os
import platform
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Literal
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

SHORTEST_KEY = 32  # characters


def data_folder() -> Path:
    """Where this user's data lives, by the custom of the system; not made here."""
    if sys.platform == "win32":
        base = os.environ.get("LOCALAPPDATA") or str(Path.home() / "AppData" / "Local")
    elif sys.platform == "darwin":
        base = str(Path.home() / "Library" / "Application Support")
    else:
        base = os.environ.get("XDG_DATA_HOME") or str(Path.home() / ".local" / "share")
    return Path(base) / "approval-monitor"


class Settings(BaseSettings):
    """What an office may set. Read once, at the door, and handed down."""

    model_config = SettingsConfigDict(env_prefix="MONITOR_", env_file=".env", extra="ignore", env_ignore_empty=True)

    database_url: str = Field(
        default_factory=lambda: f"sqlite:///{data_folder() / 'monitor.db'}",
        description="Where everything is kept: sqlite:///file or postgresql://user:password@host/name.",
    )
    timezone: str = Field(default="Asia/Shanghai", description="The office's time zone, in which days are counted.")
    language: Literal["zh_CN", "en"] = Field(
        default="zh_CN", description="Language of messages and pages unless chosen."
    )
    region: str = Field(default="33", description="Area code of the office; its calendar and its first view.")
    regions_file: Path | None = Field(
        default=None, description="JSON file {area code: name}, so that pages name places."
    )
    office_name: str = Field(default="", description="Name of the office, shown on pages and reports.")
    host: str = Field(default="127.0.0.1", description="Address on which the web process listens.")
    port: int = Field(default=8050, ge=0, le=65535, description="Port on which the web process listens.")
    web_workers: int = Field(default=2, ge=1, le=32, description="Processes that answer the pages.")
    public_url: str = Field(
        default="",
        description="Address under which people reach the pages, such as https://monitor.example.cn/approval; "
        "needed where others than this machine are served.",
    )
    proxies: int = Field(
        default=0, ge=0, le=8, description="How many proxies in front add the address of whoever asks to a request."
    )
    secret_key: SecretStr | None = Field(
        default=None, description="Key by which pages are sealed against forged requests: 32 characters or more."
    )
    oidc_issuer: str = Field(
        default="", description="Address of an OpenID Connect provider by which people may sign in; none if left out."
    )
    oidc_client_id: str = Field(default="", description="What the provider knows this program as.")
    oidc_client_secret: SecretStr | None = Field(
        default=None, description="The secret that the provider gave this program."
    )
    oidc_title: str = Field(default="", description="How the provider is called on the page to sign in.")
    oidc_claim: str = Field(
        default="preferred_username",
        description="Claim of the provider that holds the name of the account, by which it is found the first time.",
    )
    demo: bool = Field(default=False, description="Says on every page that the data are made up.")
    pull_from: SecretStr | None = Field(
        default=None, description="Database with the national exchange tables, pulled by the scheduler and by `pull`."
    )
    pull_profile: str = Field(default="spgl", description="How the exchange tables are read: spgl, or a TOML file.")
    pull_source: str = Field(
        default="spgl", min_length=1, description="Name of the source whose records the exchange tables hold."
    )
    pull_minutes: int = Field(default=15, ge=1, le=1440, description="Minutes between two pulls of the scheduler.")
    busy_seconds: int = Field(
        default=60, ge=1, description="How long a writer waits for another one on SQLite, in seconds."
    )
    secret_projects_file: Path | None = Field(
        default=None,
        description="File of secret projects, which are refused: one a line, a project code or its SHA-256.",
    )
    upload_folder: Path = Field(
        default_factory=lambda: data_folder() / "uploads",
        description="Where files lie that were handed in by a page, until they are taken in; all processes share it.",
    )
    upload_mebibytes: int = Field(
        default=256, ge=1, le=4096, description="How large a file may be that is handed in by a page, in MiB."
    )
    silent_days: int | None = Field(
        default=None,
        ge=1,
        description="Working days after which a silent source is a warning, whatever its habit; none if left out.",
    )
    session_idle_minutes: int = Field(
        default=30, ge=1, le=1440, description="Minutes after which somebody who does nothing is signed out."
    )
    session_hours: int = Field(default=12, ge=1, le=168, description="Hours after which one has to sign in again.")
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        default="info", description="The least of what is logged."
    )
    log_folder: Path = Field(
        default_factory=lambda: data_folder() / "logs", description="Where commands write their log."
    )
    log_json: bool = Field(default=False, description="Log lines as JSON, for machines that collect them.")

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        try:
            ZoneInfo(value)
        except (KeyError, ValueError, OSError) as error:
            raise ValueError("a name such as Asia/Shanghai") from error
        return value

    @field_validator("database_url")
    @classmethod
    def _known_database(cls, value: str) -> str:
        scheme = value.split(":", 1)[0].split("+", 1)[0]
        if scheme not in ("sqlite", "postgresql", "postgres"):
            raise ValueError("sqlite:///file or postgresql://user:password@host/name")
        return value.replace("postgres://", "postgresql://", 1)

    @field_validator("public_url", "oidc_issuer")
    @classmethod
    def _known_address(cls, value: str) -> str:
        found = urlsplit(value)
        if value and (found.scheme not in ("http", "https") or not found.hostname or found.query or found.fragment):
            raise ValueError("an address such as https://monitor.example.cn/approval")
        return value.rstrip("/")

    @field_validator("secret_key")
    @classmethod
    def _long_enough(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and len(value.get_secret_value()) < SHORTEST_KEY:
            raise ValueError(f"{SHORTEST_KEY} characters or more, as by `openssl rand -hex 32`")
        return value

    @property
    def address(self) -> str:
        """The address of the first page, without a slash at the end."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return self.public_url or f"http://{host}:{self.port}"

    @property
    def prefix(self) -> str:
        """The path under which the pages stand, such as /approval; blank: none."""
        return urlsplit(self.public_url).path

    @property
    def secure(self) -> bool:
        """Whether people reach the pages by https."""
        return urlsplit(self.public_url).scheme == "https"

    def key(self) -> bytes:
        """The key by which pages are sealed. Raises ValueError where none was set: there is no usual one."""
        if self.secret_key is None:
            raise ValueError("MONITOR_SECRET_KEY is not set")
        return self.secret_key.get_secret_value().encode()

    def environment(self) -> dict[str, str]:
        """The environment of a child process that shall have these settings."""
        told = {f"MONITOR_{k.upper()}": _plain(v) for k, v in self.model_dump().items() if v is not None}
        return os.environ | told

    def place_names(self) -> Mapping[str, str]:
        """Names of area codes, of the file that the office gave; empty without one."""
        return json.loads(self.regions_file.read_text("utf-8")) if self.regions_file else {}

    @property
    def zone(self) -> ZoneInfo:
        """The office's time zone."""
        return ZoneInfo(self.timezone)


def _plain(value: object) -> str:
    return value.get_secret_value() if isinstance(value, SecretStr) else str(value)


def account() -> str:
    """The operating system's user of this process: by its number where the system has one, for names in the environment
    are whatever somebody wrote there."""
    if sys.platform == "win32":
        return getpass.getuser()
    import pwd

    try:
        return pwd.getpwuid(os.getuid()).pw_name
    except KeyError:  # a container may have users without a name
        return str(os.getuid())


def machine() -> str:
    """The name of this machine; blank where it has none."""
    return platform.node()


def now() -> dt.datetime:
    """This moment, in UTC."""
    return dt.datetime.now(dt.UTC)


def today(settings: Settings) -> dt.date:
    """This day in the office's time zone: asked once, at the door, and handed down as `as_of`."""
    return now().astimezone(settings.zone).date()
