"""Settings come from the environment, and today is a day of the office's zone."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from pydantic import ValidationError

from monitor import settings as clock
from monitor.settings import Settings, data_folder, now, today


@pytest.fixture(autouse=True)
def _bare(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in Settings.model_fields:
        monkeypatch.delenv(f"MONITOR_{name.upper()}", raising=False)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)  # no .env of whoever runs the tests


def test_defaults_are_those_of_an_office_machine(tmp_path: Path) -> None:
    settings = Settings()
    assert settings.database_url == f"sqlite:///{tmp_path}/approval-monitor/monitor.db"
    assert (settings.timezone, settings.language, settings.host) == ("Asia/Shanghai", "zh_CN", "127.0.0.1")
    assert data_folder() == tmp_path / "approval-monitor"


def test_the_environment_wins(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MONITOR_DATABASE_URL", "postgres://u:p@h/d")
    monkeypatch.setenv("MONITOR_LANGUAGE", "en")
    monkeypatch.setenv("MONITOR_TIMEZONE", "")  # blank is not told
    settings = Settings()
    assert settings.database_url == "postgresql://u:p@h/d"
    assert settings.language == "en"
    assert settings.timezone == "Asia/Shanghai"


@pytest.mark.parametrize(
    ("name", "value"),
    [("TIMEZONE", "Asia/Nowhere"), ("LANGUAGE", "fr"), ("DATABASE_URL", "mysql://h/d"), ("PORT", "99999")],
)
def test_impossible_settings_are_refused(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(f"MONITOR_{name}", value)
    with pytest.raises(ValidationError):
        Settings()


def test_today_is_the_day_of_the_office(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: dt.datetime(2026, 11, 20, 16, 30, tzinfo=dt.UTC))
    assert today(Settings()) == dt.date(2026, 11, 21)  # half past midnight in Shanghai
    assert today(Settings(timezone="Europe/London")) == dt.date(2026, 11, 20)


def test_now_is_aware() -> None:
    assert now().tzinfo is dt.UTC
