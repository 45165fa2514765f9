"""The decisions of the accounts room, as values."""

from datetime import UTC, datetime, timedelta

import pytest

from eventhub.accounts import rules

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


def test_a_link_is_good_until_it_expires_or_is_ended() -> None:
    later = NOW + timedelta(seconds=1)
    assert rules.link_is_good(ended_at=None, expires_at=later, now=NOW)
    assert not rules.link_is_good(ended_at=None, expires_at=NOW, now=NOW)
    assert not rules.link_is_good(ended_at=NOW, expires_at=later, now=NOW)


@pytest.mark.parametrize(("staff", "idle"), [(True, timedelta(hours=12)), (False, timedelta(days=14))])
def test_a_sign_in_that_was_left_alone_is_over_sooner_for_staff(staff: bool, idle: timedelta) -> None:
    assert rules.sign_in_is_good(ended_at=None, seen_at=NOW - idle, staff=staff, now=NOW)
    too_long = NOW - idle - timedelta(seconds=1)
    assert not rules.sign_in_is_good(ended_at=None, seen_at=too_long, staff=staff, now=NOW)
    assert not rules.sign_in_is_good(ended_at=NOW, seen_at=NOW, staff=staff, now=NOW)


@pytest.mark.parametrize(
    ("active", "staff", "demo", "allowed"),
    [
        (True, False, False, True),
        (True, True, False, False),
        (True, True, True, True),
        (False, False, False, False),
        (False, True, True, False),
    ],
)
def test_staff_sign_in_by_mail_in_a_demo_only_and_closed_accounts_never(
    active: bool, staff: bool, demo: bool, allowed: bool
) -> None:
    assert rules.may_sign_in_by_mail(active=active, staff=staff, demo=demo) is allowed


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        ("Mozilla/5.0 (X11; Linux x86_64; rv:131.0) Gecko/20100101 Firefox/131.0", "Firefox, Linux"),
        (
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
            "Chrome/130.0.0.0 Safari/537.36 Edg/130.0.0.0",
            "Edge, Windows",
        ),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
            "Version/18.0 Mobile/15E148 Safari/604.1",
            "Safari, iPhone",
        ),
        (
            "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/130.0 Mobile Safari/537.36",
            "Chrome, Android",
        ),
        ("curl/8.5.0", ""),
        ("", ""),
    ],
)
def test_a_browser_is_named_as_its_owner_calls_it(agent: str, name: str) -> None:
    assert rules.browser_name(agent) == name
