"""What an install may be told, all of it through environment variables, all of it checked before anything starts."""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from email.utils import parseaddr
from enum import StrEnum
from pathlib import Path
from urllib.parse import urlsplit

LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
SECRET_MINIMUM = 32  # characters; itsdangerous and Flask sign with this key


class Mode(StrEnum):
    PRODUCTION = "production"
    DEMO = "demo"
    TEST = "test"


class SettingsError(Exception):
    """The environment does not describe an install that may start. Says every fault at once."""

    def __init__(self, faults: list[str]) -> None:
        self.faults = faults
        super().__init__("EventHub cannot start:\n" + "\n".join(f"  - {fault}" for fault in faults))


@dataclass(frozen=True, kw_only=True)
class Settings:
    """One install. Every field is an environment variable, documented in docs/settings.md."""

    mode: Mode = Mode.PRODUCTION
    instance: Path
    secret_key: str = field(repr=False)
    base_url: str
    bind: str = "127.0.0.1:8000"
    trusted_hosts: tuple[str, ...] = ()
    proxy_hops: int = 0
    database_url: str = field(default="", repr=False)
    sqlite_synchronous: str = "FULL"
    jobs_url: str = field(default="", repr=False)
    limits_url: str = "memory://"
    posts_per_minute: int = 600
    files_url: str = ""
    mail_url: str = field(default="", repr=False)
    mail_from: str = "EventHub <no-reply@example.org>"
    web_workers: int = 2
    job_workers: int = 2
    upload_limit: int = 20 * 1024 * 1024
    log_level: str = "INFO"

    @property
    def demo(self) -> bool:
        return self.mode is Mode.DEMO

    @property
    def sqlite(self) -> bool:
        return self.database_url.startswith("sqlite")

    def derived_key(self, purpose: str) -> str:
        """A key for one purpose, derived from the secret, so that no two uses share one."""
        return hmac.new(self.secret_key.encode(), purpose.encode(), hashlib.sha256).hexdigest()


def load(environ: Mapping[str, str] | None = None) -> Settings:
    """Read and check the environment. Raises SettingsError naming every fault."""
    env = os.environ if environ is None else environ
    faults: list[str] = []
    mode = _mode(env, faults)
    instance = Path(env.get("EVENTHUB_INSTANCE") or "instance").resolve()
    bind = env.get("EVENTHUB_BIND", "127.0.0.1:8000")
    base_url = env.get("EVENTHUB_BASE_URL", "" if mode is Mode.PRODUCTION else f"http://{bind}").rstrip("/")
    _check_addresses(mode, bind, base_url, faults)
    settings = {
        "mode": mode,
        "instance": instance,
        "secret_key": _secret_key(env, mode, instance, faults),
        "base_url": base_url,
        "bind": bind,
        "trusted_hosts": _hosts(env, base_url),
        "proxy_hops": _whole(env, "EVENTHUB_PROXY_HOPS", 0, 0, 10, faults),
        "database_url": _database_url(env, instance, faults),
        "sqlite_synchronous": _one_of(env, "EVENTHUB_SQLITE_SYNCHRONOUS", "FULL", ("FULL", "NORMAL"), faults),
        "jobs_url": _url(env, "EVENTHUB_JOBS_URL", "", ("postgresql", "postgres", "redis", "rediss"), faults),
        "limits_url": _url(env, "EVENTHUB_LIMITS_URL", "memory://", ("memory", "redis", "rediss"), faults),
        "posts_per_minute": _whole(env, "EVENTHUB_POSTS_PER_MINUTE", 600, 0, 1_000_000, faults),
        "files_url": _url(env, "EVENTHUB_FILES_URL", "", ("file", "s3", "gs", "az"), faults),
        "mail_url": _url(env, "EVENTHUB_MAIL_URL", "", ("smtp", "smtp+starttls", "smtps"), faults),
        "mail_from": _mail_from(env, mode, faults),
        "web_workers": _whole(env, "EVENTHUB_WEB_WORKERS", 2, 1, 64, faults),
        "job_workers": _whole(env, "EVENTHUB_JOB_WORKERS", 2, 2, 64, faults),
        "upload_limit": _whole(env, "EVENTHUB_UPLOAD_LIMIT", 20 * 1024 * 1024, 1024, 1024**3, faults),
        "log_level": _one_of(env, "EVENTHUB_LOG_LEVEL", "INFO", ("DEBUG", "INFO", "WARNING", "ERROR"), faults),
    }
    if faults:
        raise SettingsError(faults)
    return Settings(**settings)  # type: ignore[arg-type]


def _mode(env: Mapping[str, str], faults: list[str]) -> Mode:
    try:
        return Mode(env.get("EVENTHUB_MODE", "production"))
    except ValueError:
        faults.append("EVENTHUB_MODE must be production, demo or test")
        return Mode.PRODUCTION


def _check_addresses(mode: Mode, bind: str, base_url: str, faults: list[str]) -> None:
    host = _bound_host(bind, faults)
    if mode is Mode.DEMO and host not in LOOPBACK:
        faults.append("demo mode lets anyone sign in as anyone: EVENTHUB_BIND must be a loopback address")
    parts = urlsplit(base_url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        faults.append("EVENTHUB_BASE_URL must be the public http(s) address: links in mail are made from it alone")
    elif parts.path or parts.query or parts.fragment:
        faults.append("EVENTHUB_BASE_URL must be a host without a path: EventHub has a host of its own")
    elif mode is Mode.DEMO and parts.hostname not in LOOPBACK:
        faults.append("demo mode lets anyone sign in as anyone: EVENTHUB_BASE_URL must be a loopback address")
    elif mode is Mode.PRODUCTION and parts.scheme != "https" and host not in LOOPBACK:
        faults.append("EVENTHUB_BASE_URL must be https when the service is bound to a public address")


def _bound_host(bind: str, faults: list[str]) -> str:
    try:
        parts = urlsplit(f"//{bind}")
        whole = bool(parts.hostname and parts.port)
    except ValueError:
        whole = False
    if not whole:
        faults.append("EVENTHUB_BIND must be an address and a port, as in 127.0.0.1:8000")
        return ""
    return parts.hostname or ""


def _secret_key(env: Mapping[str, str], mode: Mode, instance: Path, faults: list[str]) -> str:
    key = env.get("EVENTHUB_SECRET_KEY", "")
    if key and len(key) < SECRET_MINIMUM:
        faults.append(f"EVENTHUB_SECRET_KEY is shorter than {SECRET_MINIMUM} characters")
    if key or mode is Mode.TEST:
        return key or "test" * 16
    if mode is Mode.PRODUCTION:
        faults.append("EVENTHUB_SECRET_KEY is missing: sessions and personal links are signed with it")
        return ""
    return _own_key(instance / "secret-key")


def _own_key(kept: Path) -> str:
    """The key a demo makes for itself. Whoever comes second reads what the first wrote, whole."""
    kept.parent.mkdir(parents=True, exist_ok=True)
    if not kept.exists():
        part = kept.with_name(f".secret-key.{os.getpid()}")
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w") as file:
            file.write(secrets.token_urlsafe(48))
        with suppress(FileExistsError):
            os.link(part, kept)
        part.unlink()
    return kept.read_text().strip()


def _database_url(env: Mapping[str, str], instance: Path, faults: list[str]) -> str:
    url = env.get("DATABASE_URL", "")
    if not url:
        return f"sqlite:///{instance / 'eventhub.db'}"
    scheme, _, rest = url.partition("://")
    if scheme in ("postgres", "postgresql"):
        return f"postgresql+psycopg://{rest}"
    if scheme == "sqlite" and not rest.startswith("//"):
        faults.append(
            "DATABASE_URL must give the whole path of the file, as in sqlite:////var/lib/eventhub/eventhub.db"
        )
    if scheme in ("sqlite", "postgresql+psycopg"):
        return url
    faults.append("DATABASE_URL must start with postgresql:// or sqlite://")
    return ""


def _url(env: Mapping[str, str], name: str, default: str, schemes: tuple[str, ...], faults: list[str]) -> str:
    """The address of a service. The fault names the setting, never the value: it may hold a password."""
    url = env.get(name) or default
    if url and url.partition("://")[0] not in schemes:
        faults.append(f"{name} must start with {' or '.join(f'{scheme}://' for scheme in schemes)}")
    return url


def _mail_from(env: Mapping[str, str], mode: Mode, faults: list[str]) -> str:
    sender = env.get("EVENTHUB_MAIL_FROM", "")
    wanted = bool(sender) or (mode is Mode.PRODUCTION and bool(env.get("EVENTHUB_MAIL_URL")))
    if wanted and "@" not in parseaddr(sender)[1]:
        faults.append(
            "EVENTHUB_MAIL_FROM must be the address that mail is sent from, as in Name <name@city.example.org>"
        )
    return sender or "EventHub <no-reply@example.org>"


def _hosts(env: Mapping[str, str], base_url: str) -> tuple[str, ...]:
    named = tuple(host.strip() for host in env.get("EVENTHUB_TRUSTED_HOSTS", "").split(",") if host.strip())
    own = urlsplit(base_url).hostname
    return named + ((own,) if own and own not in named else ())


def _whole(env: Mapping[str, str], name: str, default: int, least: int, most: int, faults: list[str]) -> int:
    try:
        value = int(env.get(name, default))
    except ValueError:
        value = least - 1
    if not least <= value <= most:
        faults.append(f"{name} must be a whole number from {least} to {most}")
    return value


def _one_of(env: Mapping[str, str], name: str, default: str, allowed: tuple[str, ...], faults: list[str]) -> str:
    value = env.get(name, default).upper()
    if value not in allowed:
        faults.append(f"{name} must be one of {', '.join(allowed)}")
    return value
