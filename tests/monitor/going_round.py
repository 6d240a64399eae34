"""An export taken in elsewhere and exported again: nothing is lost, and nothing is added."""

from __future__ import annotations

from pathlib import Path

from tests.monitor.commands import Run

ON = ("--as-of", "2026-11-20")


def goes_round(run: Run, folder: Path, other: str, out: Path) -> None:
    """What stands in the second database goes by files into the first, comes out again, and changes neither."""
    assert run("import", folder, "--source", "平台", MONITOR_DATABASE_URL=other).code == 0
    given = run("export", "--out", out, "--json", *ON, MONITOR_DATABASE_URL=other).document
    (of,) = given["sources"]
    taken = run("import", out, "--source", "平台", "--reported-until", of["reported_until"], "--json").document
    assert taken["refused"] == 0
    assert [taken[t]["added"] for t in ("projects", "cases", "events")] == [
        of[t] for t in ("projects", "cases", "events")
    ]
    before, after = (run("status", "--all", *ON, "--json", **url) for url in ({"MONITOR_DATABASE_URL": other}, {}))
    assert len(before.document["projects"]) > 0
    assert before.out == after.out
    again = out.with_name(f"again-{out.name}")
    assert run("export", "--out", again).code == 0
    assert contents(again) == contents(out)
    assert (
        run("import", again, "--source", "平台", "--json", MONITOR_DATABASE_URL=other).document["outcome"] == "nothing"
    )


def contents(path: Path) -> dict[str, bytes]:
    """The bytes of a file, or of all files of a folder."""
    files = sorted(p for p in path.rglob("*") if p.is_file()) if path.is_dir() else [path]
    return {p.relative_to(path).as_posix(): p.read_bytes() for p in files}
