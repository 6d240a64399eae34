"""A few kills of a tick in the ordinary run; many by `python -m tests.faults.kill_tick`."""

from __future__ import annotations

from pathlib import Path

from tests.faults.kill_tick import run


def test_a_killed_tick_leaves_each_project_whole(database_url: str, tmp_path: Path) -> None:
    assert run(database_url, tmp_path, times=3, seed=5, projects=60).inside >= 1
