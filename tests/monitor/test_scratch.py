"""Folders of work under way: gone with the work, and those of a process that was killed with the next one."""

from __future__ import annotations

import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from monitor.scratch import PREFIX, scratch

HOLDS = """
import sys
from monitor.scratch import scratch
with scratch() as folder:
    (folder / "rows.csv").write_text("what nobody else may read")
    print(folder, flush=True)
    sys.stdin.read()
"""


@pytest.fixture(autouse=True)
def own_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setenv("TMPDIR", str(tmp_path))


def test_a_folder_goes_with_its_work(tmp_path: Path) -> None:
    with scratch() as one, scratch() as other:
        (one / "rows.csv").write_text("a", "utf-8")
        assert one != other
        assert one.is_dir() and other.is_dir()  # the second did not take the first for one left behind
        assert one.stat().st_mode & 0o077 == 0
    assert list(tmp_path.iterdir()) == []


def test_what_a_killed_process_left_goes_with_the_next(tmp_path: Path) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", HOLDS], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout
        left = Path(process.stdout.readline().strip())
        assert left.name.startswith(PREFIX)
        with scratch():
            assert (left / "rows.csv").exists()  # it is at work
        process.send_signal(signal.SIGKILL)
    assert (left / "rows.csv").exists()
    with scratch() as own:
        assert not left.exists()
        assert list(tmp_path.iterdir()) == [own]


def test_many_at_once_do_not_take_one_another_for_left_behind(tmp_path: Path) -> None:
    """Each makes folders as fast as it can, in a place where the others remove what no process holds."""
    code = """
from monitor.scratch import scratch
for n in range(150):
    with scratch() as folder:
        (folder / "rows.csv").write_text(str(n))
        assert (folder / "rows.csv").read_text() == str(n)
"""
    processes = [subprocess.Popen([sys.executable, "-c", code], stderr=subprocess.PIPE) for _ in range(4)]
    assert [(process.communicate()[1], process.returncode) for process in processes] == [(b"", 0)] * 4
    assert list(tmp_path.iterdir()) == []
