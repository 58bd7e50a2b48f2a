"""Settings: read from the environment, prefix `SCORELINE_`, once per process."""

from __future__ import annotations

import os
import pwd
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from pydantic import Field, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from kernel.errors import Usage


class Settings(BaseSettings):
    """Every setting with its default and unit; the README's table is tested against this class."""

    model_config = SettingsConfigDict(env_prefix="SCORELINE_", extra="ignore", frozen=True)

    data: Path = Field(default=Path("data"), description="folder of the database, the uploads and the evidence")
    database_url: str = Field(default="", description="database; default: SQLite in DATA")
    reporting_currency: str = Field(default="USD", pattern=r"^[A-Z]{3}$", description="currency of every cost figure")
    timezone: str = Field(default="UTC", description="reporting time zone, an IANA name")
    secret_file: Path | None = Field(default=None, description="key of the agents' pseudonyms; default DATA/secret.key")
    max_upload_mb: int = Field(default=200, ge=1, description="largest upload, megabytes")
    read_memory_mb: int = Field(default=2048, ge=256, description="memory of the reading child, megabytes")
    read_cpu_seconds: int = Field(default=120, ge=1, description="processor time of the reading child, seconds")
    base_url: str = Field(
        default="",
        pattern=r"^(https?://[^/?#\s]+/?)?$",
        description="address of the site as browsers see it; default http://127.0.0.1:PORT",
    )
    trusted_proxies: str = Field(
        default="", description="addresses of reverse proxies whose X-Forwarded-For is believed, separated by commas; default none"
    )
    log_format: str = Field(default="console", pattern="^(console|json)$", description="console or json")
    user: str = Field(default="", description="who acts; default local:<os user>")

    @field_validator("timezone")
    @classmethod
    def _is_a_zone(cls, name: str) -> str:
        try:
            ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            message = "this is no IANA time zone like Europe/Lisbon"
            raise ValueError(message) from None
        return name

    @property
    def url(self) -> str:
        """The database's address."""
        return self.database_url or f"sqlite:///{self.data.resolve() / 'scoreline.db'}"

    @property
    def files(self) -> Path:
        """Folder of the originals, one file per SHA-256."""
        return self.data / "files"

    @property
    def evidence(self) -> Path:
        """Folder of the normalised rows, one Parquet file per batch."""
        return self.data / "evidence"

    @property
    def secret(self) -> Path:
        """File with the key of the agents' pseudonyms (mode 0600)."""
        return self.secret_file or self.data / "secret.key"


def load_settings() -> Settings:
    """The settings of this process, from its environment.

    Raises Usage, naming the first variable whose value cannot be.
    """
    try:
        return Settings()
    except ValidationError as error:
        fault = error.errors()[0]
        name = f"SCORELINE_{'_'.join(map(str, fault['loc'])).upper()}"
        message = f"the setting {name} is {fault['input']!r}: {fault['msg'].removeprefix('Value error, ')}"
        raise Usage("SETTING", message) from None


def os_user() -> str:
    """The operating system's name of who runs this process."""
    try:
        return os.environ.get("USER") or os.environ.get("LOGNAME") or pwd.getpwuid(os.getuid()).pw_name
    except KeyError:  # a container's number without a name
        return str(os.getuid())
