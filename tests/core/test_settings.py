"""An install that is described wrongly does not start, and every fault is named at once."""

import re
import stat
from pathlib import Path

import pytest

from eventhub.core import settings as module
from eventhub.core.settings import Mode, Settings, SettingsError, load

ROOT = Path(__file__).parents[2]
GOOD = {
    "EVENTHUB_SECRET_KEY": "k" * 40,
    "EVENTHUB_BASE_URL": "https://events.example.org",
    "EVENTHUB_INSTANCE": "/tmp/nowhere",
}


def faults(**changed: str) -> list[str]:
    with pytest.raises(SettingsError) as refused:
        load({**GOOD, **changed})
    return refused.value.faults


def test_two_settings_are_enough_for_production() -> None:
    install = load(GOOD)
    assert install.mode is Mode.PRODUCTION
    assert install.database_url == "sqlite:////tmp/nowhere/eventhub.db"
    assert install.sqlite_synchronous == "FULL"
    assert install.proxy_hops == 0
    assert install.trusted_hosts == ("events.example.org",)


def test_production_without_a_secret_key_does_not_start_and_says_why() -> None:
    with pytest.raises(SettingsError, match="EVENTHUB_SECRET_KEY is missing: sessions and personal links are signed"):
        load({name: value for name, value in GOOD.items() if name != "EVENTHUB_SECRET_KEY"})


def test_every_fault_is_named_at_once() -> None:
    wrong = {"EVENTHUB_SECRET_KEY": "short", "EVENTHUB_PROXY_HOPS": "many", "DATABASE_URL": "mysql://x"}
    found = faults(EVENTHUB_BASE_URL="", **wrong)
    assert [fault.split()[0] for fault in found] == [
        "EVENTHUB_BASE_URL",
        "EVENTHUB_SECRET_KEY",
        "EVENTHUB_PROXY_HOPS",
        "DATABASE_URL",
    ]


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("EVENTHUB_MODE", "staging"),
        ("EVENTHUB_SECRET_KEY", "k" * 31),
        ("EVENTHUB_BASE_URL", "events.example.org"),
        ("EVENTHUB_BASE_URL", "ftp://events.example.org"),
        ("EVENTHUB_BASE_URL", "https://events.example.org/meetings"),
        ("EVENTHUB_BIND", "127.0.0.1"),
        ("EVENTHUB_BIND", "127.0.0.1:http"),
        ("EVENTHUB_BIND", "127.0.0.1:99999"),
        ("EVENTHUB_PROXY_HOPS", "-1"),
        ("DATABASE_URL", "mysql://host/name"),
        ("DATABASE_URL", "sqlite:///beside.db"),
        ("EVENTHUB_SQLITE_SYNCHRONOUS", "OFF"),
        ("EVENTHUB_JOBS_URL", "amqp://host"),
        ("EVENTHUB_LIMITS_URL", "memcached://host"),
        ("EVENTHUB_FILES_URL", "/var/files"),
        ("EVENTHUB_MAIL_URL", "mail.example.org"),
        ("EVENTHUB_MAIL_FROM", "the secretariat"),
        ("EVENTHUB_WEB_WORKERS", "0"),
        ("EVENTHUB_JOB_WORKERS", "1"),
        ("EVENTHUB_UPLOAD_LIMIT", "20M"),
        ("EVENTHUB_LOG_LEVEL", "loud"),
    ],
)
def test_a_wrong_value_is_refused_by_the_name_of_its_setting(name: str, value: str) -> None:
    assert [fault for fault in faults(**{name: value}) if name in fault]


def test_a_fault_never_shows_the_value_which_may_hold_a_password() -> None:
    for name in ("DATABASE_URL", "EVENTHUB_JOBS_URL", "EVENTHUB_MAIL_URL", "EVENTHUB_FILES_URL", "EVENTHUB_SECRET_KEY"):
        assert "hunter2" not in str(faults(**{name: "x://user:hunter2@h"}))


def test_settings_do_not_show_their_secrets() -> None:
    secrets = {
        "EVENTHUB_SECRET_KEY": "hunter2" * 6,
        "DATABASE_URL": "postgresql://u:hunter2@host/name",
        "EVENTHUB_MAIL_URL": "smtp://u:hunter2@host",
        "EVENTHUB_MAIL_FROM": "a@example.org",
        "EVENTHUB_JOBS_URL": "redis://:hunter2@host",
    }
    assert "hunter2" not in repr(load({**GOOD, **secrets}))


def test_sending_mail_in_production_needs_a_sender() -> None:
    assert "EVENTHUB_MAIL_FROM" in str(faults(EVENTHUB_MAIL_URL="smtp://mail.example.org"))


@pytest.mark.parametrize("bind", ["0.0.0.0:8000", "192.0.2.7:8000", "[::]:8000", "events.example.org:8000"])
def test_a_demo_on_a_public_address_is_refused(bind: str) -> None:
    assert "demo mode lets anyone sign in as anyone" in str(
        faults(EVENTHUB_MODE="demo", EVENTHUB_BIND=bind, EVENTHUB_BASE_URL="http://127.0.0.1:8000")
    )


def test_a_demo_behind_a_public_address_is_refused() -> None:
    assert "demo mode lets anyone sign in as anyone" in str(faults(EVENTHUB_MODE="demo"))


@pytest.mark.parametrize("bind", ["127.0.0.1:8000", "[::1]:8000", "localhost:8000"])
def test_a_demo_on_a_loopback_address_starts(bind: str, tmp_path: Path) -> None:
    install = load({"EVENTHUB_MODE": "demo", "EVENTHUB_BIND": bind, "EVENTHUB_INSTANCE": str(tmp_path)})
    assert install.base_url == f"http://{bind}"


def test_plain_http_is_refused_where_the_world_can_reach_it() -> None:
    public = {"EVENTHUB_BASE_URL": "http://events.example.org", "EVENTHUB_BIND": "0.0.0.0:80"}
    assert "must be https" in str(faults(**public))
    load({**GOOD, "EVENTHUB_BASE_URL": "http://localhost:8000"})


def test_a_demo_makes_its_own_key_once_and_keeps_it_to_itself(tmp_path: Path) -> None:
    environ = {"EVENTHUB_MODE": "demo", "EVENTHUB_INSTANCE": str(tmp_path)}
    first, second = load(environ), load(environ)
    assert first.secret_key == second.secret_key
    assert len(first.secret_key) >= module.SECRET_MINIMUM
    assert stat.S_IMODE((tmp_path / "secret-key").stat().st_mode) == 0o600
    assert [path.name for path in tmp_path.iterdir()] == ["secret-key"]


def test_no_two_uses_share_a_key() -> None:
    install = load(GOOD)
    assert len({install.derived_key("links"), install.derived_key("totp"), install.secret_key}) == 3


def test_a_postgresql_address_is_given_our_driver() -> None:
    for url in ("postgres://u@h/n", "postgresql://u@h/n", "postgresql+psycopg://u@h/n"):
        assert load({**GOOD, "DATABASE_URL": url}).database_url == "postgresql+psycopg://u@h/n"


def test_the_page_of_settings_lists_every_variable_there_is() -> None:
    read = set(re.findall(r'"(EVENTHUB_[A-Z_]+|DATABASE_URL)"', Path(module.__file__).read_text()))
    rows = re.findall(r"^\| `([A-Z_]+)` \| (.*?) \|", (ROOT / "docs/settings.md").read_text(), re.MULTILINE)
    assert {name for name, _ in rows} == read
    assert len(read) == len(rows)


def test_the_page_of_settings_gives_the_defaults_that_hold() -> None:
    rows = dict(re.findall(r"^\| `([A-Z_]+)` \| `(.*?)` \|", (ROOT / "docs/settings.md").read_text(), re.MULTILINE))
    assert rows.pop("EVENTHUB_INSTANCE") == "instance"
    fields = Settings.__dataclass_fields__
    named = {name: str(fields[name.removeprefix("EVENTHUB_").lower()].default) for name in rows}
    assert rows == named
