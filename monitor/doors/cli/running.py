"""serve, schedule, demo: the processes."""

from __future__ import annotations

import contextlib
import datetime as dt
import secrets
import socket
import subprocess
import sys
from collections.abc import Iterator
from typing import Annotated

import typer
from pydantic import SecretStr

from monitor.doors import logs
from monitor.doors.cli import common
from monitor.doors.cli.common import Refused, say
from monitor.progress import Advance
from monitor.reading.people import accounts
from monitor.reading.projects import ProjectQuery
from monitor.reading.viewer import EVERYONE
from monitor.settings import SHORTEST_KEY, Settings, data_folder, now, today
from monitor.text import N_, _
from monitor.verbs.demo_people import PASSWORD, demo_people, examples
from monitor.wiring import monitor

AGENT_HAS = 12  # projects of the agent in the demonstration
Port = Annotated[int | None, typer.Option(min=1, max=65535, help=N_("Port of the dashboard."))]


def register(app: typer.Typer) -> None:
    """Adds the commands."""
    app.command("serve", help=_("The web process: the dashboard, and what other systems ask and push."))(serve)
    app.command("schedule", help=_("The scheduler process: sweeps just after midnight, and whatever is new."))(schedule)
    app.command("demo", help=_("A made-up province, imported the ordinary way, then the dashboard."))(demo)


def _address(settings: Settings) -> str:
    return f"{settings.address}/"


def _reachable(settings: Settings) -> None:
    """Raises Refused for an address at which passwords could be overheard, or a port that is taken."""
    from monitor.doors.web import is_loopback

    if not is_loopback(settings.host):
        told = {"host": settings.host}
        if settings.demo:
            raise Refused(
                _("{host} can be reached from elsewhere. A demonstration is for this machine only.").format(**told)
            )
        if not settings.secure:
            need = _(
                "{host} can be reached from elsewhere. Passwords may only travel by https: set MONITOR_PUBLIC_URL to "
                "the https address of the proxy in front."
            )
            raise Refused(need.format(**told))
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((settings.host, settings.port))
        except OSError as error:
            raise Refused(
                _("Port {port} is taken ({reason}). Choose another one with --port.").format(
                    port=settings.port, reason=error.strerror
                )
            ) from error


def _sealed(settings: Settings) -> None:
    """Raises Refused where there is no key: with one that everybody knows, or another one in each process, nobody could
    tell a forged request."""
    if settings.secret_key is None:
        need = _("Set MONITOR_SECRET_KEY to {n} characters that nobody can guess, as by `openssl rand -hex 32`.")
        raise Refused(need.format(n=SHORTEST_KEY))


def _told(settings: Settings) -> None:
    say(_("The dashboard: {address} (stop with Ctrl+C)").format(address=_address(settings)))
    if settings.demo:
        say(
            _("Sign in as {names}; the password of all of them: {password}").format(
                names=", ".join(one.name for one in examples()), password=PASSWORD
            )
        )


def serve(port: Port = None) -> None:
    from monitor.doors import web

    settings = common.settings().model_copy(update={"port": port} if port else {})
    logs.configure(settings, to_file=False)
    _reachable(settings)
    known = monitor(settings)  # a database that is not ready is said here, not in a worker
    _sealed(settings)
    with known.database.reading() as connection:
        nobody = not accounts(connection)
    if nobody:
        say(_("There is no account yet: approval-monitor user add NAME --role administrator"))
    known.database.close()
    web.serve(settings, lambda: _told(settings))


def schedule() -> None:
    from monitor.doors.scheduler import run_scheduler

    logs.configure(common.settings(), to_file=False)
    run_scheduler(monitor(common.settings()), lambda: say(_("The scheduler is at work. Stop with Ctrl+C.")))


def demo(
    projects: Annotated[int, typer.Option(min=1, max=100_000, help=N_("How many projects to make up."))] = 3_000,
    seed: Annotated[int, typer.Option(help=N_("The same number gives the same province."))] = 80,
    port: Port = None,
    no_serve: Annotated[bool, typer.Option("--no-serve", help=N_("Make the data and stop."))] = False,
) -> None:
    from monitor.verbs.demo import make_demo

    own = {"demo": True, "secret_key": SecretStr(secrets.token_hex(32)), "public_url": "", "proxies": 0}
    settings = common.settings().model_copy(update=own | ({"port": port} if port else {}))
    if not no_serve:
        _reachable(settings)
    say(_("Making up a province of {n} projects …").format(n=projects))
    with contextlib.ExitStack() as bars:

        def step(name: str) -> Advance:
            bars.close()
            label = _("Importing") if name == "import" else _("Assessing")
            return bars.enter_context(common.progress(label))

        made = make_demo(settings, data_folder() / "demo", projects, seed, today(settings), now, step)
    say(
        _("{projects} projects, {cases} cases, {events} events; all of it made up. Files: {folder}").format(
            projects=made.province.projects,
            cases=made.province.cases,
            events=made.province.events,
            folder=made.province.folder,
        )
    )
    _settle(made.settings)
    if no_serve:
        say(_("Database: {address}").format(address=made.settings.database_url))
        return
    from monitor.doors import web

    with _scheduler(made.settings):
        web.serve(made.settings, lambda: _told(made.settings))


def _settle(settings: Settings) -> None:
    """Gives the demonstration its people."""
    known, on = monitor(settings), today(settings)
    busy = known.reader.departments(EVERYONE, on).nlargest(1, "open_cases")
    some = known.reader.projects(EVERYONE, on, ProjectQuery(limit=AGENT_HAS)).rows
    demo_people(
        known.database, known.passwords, region=settings.region, department=int(busy["department_id"].iloc[0]),
        projects=some["project_code"], since=on - dt.timedelta(365), now=now(),
    )  # fmt: skip
    known.database.close()


@contextlib.contextmanager
def _scheduler(settings: Settings) -> Iterator[None]:
    """The scheduler as a process of its own, for as long as the dashboard is served."""
    code = "from monitor.doors.cli.main import main; main()"
    process = subprocess.Popen(
        [sys.executable, "-c", code, "schedule"], env=settings.environment(), stderr=subprocess.DEVNULL
    )
    try:
        yield
    finally:
        process.terminate()
        process.wait(10)
