"""The web process: gunicorn around the dashboard."""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from ipaddress import ip_address
from typing import Any

from gunicorn.app.base import BaseApplication

from monitor.settings import Settings
from monitor.verbs.demo_people import examples
from monitor.wiring import monitor

LOOPBACK_NAMES = ("localhost",)


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach the address."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host in LOOPBACK_NAMES


class Web(BaseApplication):
    """Gunicorn with our settings. The dashboard is found by name, for nothing in monitor may import it."""

    def __init__(self, settings: Settings, ready: Callable[[], None], stopped: Callable[[], None]) -> None:
        self.settings, self.ready, self.stopped = settings, ready, stopped
        super().__init__()

    def load_config(self) -> None:
        host = f"[{self.settings.host}]" if ":" in self.settings.host else self.settings.host
        options: dict[str, Any] = {
            "bind": f"{host}:{self.settings.port}",
            "workers": self.settings.web_workers,
            "worker_class": "gthread",
            "threads": 8,
            "timeout": 120,
            "control_socket_disable": True,
            "accesslog": None,
            "loglevel": "warning",
            "when_ready": lambda _server: self.ready(),
            "on_exit": lambda _server: self.stopped(),
        }
        for name, value in options.items():
            self.cfg.set(name, value)

    def load(self) -> Any:
        create_app = import_module("dashboard.app").create_app
        offered = {"examples": examples} if self.settings.demo else {}
        return create_app(monitor(self.settings), **offered).server


def serve(settings: Settings, ready: Callable[[], None], stopped: Callable[[], None] = lambda: None) -> None:
    """Serves until told to stop; ``ready`` is called when the address answers."""
    Web(settings, ready, stopped).run()
