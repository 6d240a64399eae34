"""The command line called within the test's own process: its exit code, and what it said on stdout and stderr."""

from __future__ import annotations

import json
import logging
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import structlog

from monitor.doors.cli import common
from monitor.doors.cli.main import main
from monitor.text import set_default_language


@dataclass(frozen=True)
class Ended:
    """How a command ended."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        """The one JSON document on stdout; there must be nothing else."""
        return json.loads(self.out)


Run = Callable[..., Ended]


@contextmanager
def program(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], folder: Path, url: str
) -> Iterator[Run]:
    """Gives a function that runs ``approval-monitor`` with words, in English unless ``MONITOR_…`` says otherwise."""
    for name in [name for name in os.environ if name.startswith("MONITOR_")]:
        monkeypatch.delenv(name)
    told = {"MONITOR_DATABASE_URL": url, "MONITOR_LANGUAGE": "en", "MONITOR_LOG_FOLDER": str(folder / "logs")}
    told |= {"XDG_DATA_HOME": str(folder / "home"), "COLUMNS": "200"}
    monkeypatch.chdir(folder)
    root, handlers, level, config = (
        logging.getLogger(),
        logging.getLogger().handlers,
        logging.root.level,
        structlog.get_config(),
    )

    def call(*words: object, **settings: str) -> Ended:
        with monkeypatch.context() as now:
            for name, value in (told | settings).items():
                now.setenv(name, value)
            now.setattr(sys, "argv", ["approval-monitor", *map(str, words)])
            common.settings.cache_clear()
            capsys.readouterr()
            code: Any = 0
            try:
                main()
            except SystemExit as ended:
                code = ended.code or 0
            said = capsys.readouterr()
        return Ended(int(code), said.out, said.err)

    try:
        yield call
    finally:
        common.settings.cache_clear()
        set_default_language("zh_CN")
        root.handlers = handlers
        root.setLevel(level)
        structlog.configure(**config)


def refused(ended: Ended, *words: str, code: int = 1) -> None:
    """Checks that a command was refused in words and left stdout alone."""
    assert (ended.code, ended.out) == (code, ""), ended
    for word in words:
        assert word in ended.err, ended.err
    assert "Traceback" not in ended.err
