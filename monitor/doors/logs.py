"""Where log lines go: structlog over the standard library, to a file for commands, to stderr for servers.

No content of a row ever goes into a log: only files, counts, row numbers.
"""

from __future__ import annotations

import logging
import logging.handlers
import sys
from pathlib import Path

import structlog
from structlog.typing import Processor

from monitor.settings import Settings

_place: Path | None = None


def log_file() -> str:
    """The file into which this process logs, or "stderr"."""
    return str(_place) if _place else "stderr"


def configure(settings: Settings, *, to_file: bool) -> None:
    """Sets up logging for the whole process; a folder that cannot be written falls back to stderr."""
    global _place
    _place = None
    handler: logging.Handler | None = None
    if to_file:
        try:
            settings.log_folder.mkdir(parents=True, exist_ok=True)
            _place = settings.log_folder / "approval-monitor.log"
            handler = logging.handlers.RotatingFileHandler(_place, maxBytes=5_000_000, backupCount=3, encoding="utf-8")
        except OSError:
            _place = None
    if handler is None:
        handler = logging.StreamHandler(sys.stderr)
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
    ]
    render: Processor = (
        structlog.processors.JSONRenderer() if settings.log_json else structlog.dev.ConsoleRenderer(colors=False)
    )
    formatter = structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=shared,
        processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, render],
    )
    handler.setFormatter(formatter)
    root = logging.getLogger()
    root.handlers = [handler]
    for name in ("alembic", "apscheduler"):  # they tell of every look at the schema, of every run of a job
        logging.getLogger(name).setLevel(logging.WARNING)
    root.setLevel(settings.log_level.upper())
    structlog.configure(
        processors=[*shared, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )
