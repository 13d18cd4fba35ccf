"""Our own side: database, clock, calendar, queue, folders."""

import os
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from shutil import disk_usage
from zoneinfo import ZoneInfo

from sqlalchemy.engine import make_url

from bot import watchdog
from bot.doctor.case import Case
from bot.doctor.findings import Finding, found
from bot.door import FRESH_SECONDS
from bot.health import PATIENCE, waited
from store import beats, calls, engines, probe
from store.migrate import is_current

CLOCK_NOTED = timedelta(seconds=30)
CLOCK_REFUSED = timedelta(seconds=FRESH_SECONDS)
"""So far off our own door turns everybody away."""
CHINA = timedelta(hours=8)
BEATS = 2
"""So many rhythms of the watchdog may pass before a worker counts as dead."""
LITTLE, TOO_LITTLE = 2 * 1024**3, 256 * 1024**2
SERVED = ("/var/www", "/srv/www", "/srv/http", "/usr/share/nginx")
SERVED_NAMES = {"public", "public_html", "htdocs", "html", "static", "www", "wwwroot"}


def database(case: Case) -> Iterator[Finding]:
    """Reachable, of this program's schema, and it takes a row."""
    kind = make_url(case.config.database_url).get_backend_name()
    if not engines.is_sqlite(case.config.database_url):
        case.service.store.answers()  # knows when to give up; asking SQLite would make its file
    if not is_current(case.config.database_url):
        yield found("database_old")
        return
    probe.write(case.service.store, case.now)
    yield found("database_good", kind=kind)
    if version := engines.unsound(case.config.database_url):
        yield found("sqlite_bug", version=version)


def clock(case: Case) -> Iterator[Finding]:
    """Against the database's own clock; the platforms' are compared where their tokens are fetched."""
    with case.service.store.read() as session:
        theirs = probe.clock(session)
    yield from clock_off(case, "database", theirs - case.now if theirs else timedelta())


def clock_off(case: Case, whose: str, off: timedelta) -> Iterator[Finding]:
    """How far another clock is from ours, where that is worth a word."""
    seconds = round(abs(off.total_seconds()))
    if abs(off) >= CLOCK_REFUSED:
        yield found("clock_wrong", whose=whose, seconds=seconds)
    elif abs(off) >= CLOCK_NOTED:
        yield found("clock_off", whose=whose, seconds=seconds)


def calendar(case: Case) -> Iterator[Finding]:
    """The zone is known and the public holidays of this year and the next are."""
    days = case.service.policy.calendar
    if days.zone == ZoneInfo("Asia/Shanghai") and days.local(case.now).utcoffset() != CHINA:
        yield found("zone_wrong")
    year = days.local(case.now).year
    if not days.is_announced(year):
        yield found("year_absent", year=year)
    elif not days.is_announced(year + 1):
        yield found("next_year_absent", year=year + 1)
    else:
        yield found("calendar_good", year=year)


def queue(case: Case) -> Iterator[Finding]:
    """Nothing due waits for long, and a worker shows that it is alive."""
    with case.service.store.read() as session:
        age = waited(session, case.now)
        last = beats.last(session).get(watchdog.NAME)
        dead = calls.count(session)
    rhythm = case.service.policy.rhythms.watch_every
    if last is None or case.now - last > BEATS * rhythm:
        yield found("worker_dead")
    elif age > PATIENCE:
        yield found("queue_stuck", minutes=int(age / timedelta(minutes=1)))
    else:
        yield found("queue_good")
    if dead:
        yield found("given_up", count=dead)


def folders(case: Case) -> Iterator[Finding]:
    """Pictures can be kept where no web server hands them out, and there is room."""
    media = case.config.media_dir.resolve()
    if media.as_posix().startswith(SERVED) or SERVED_NAMES & set(media.parts):
        yield found("media_served", setting="LIANXIN_MEDIA_DIR", folder=media)
    at = _existing(media)
    if _takes_files(at):
        yield found("media_good", folder=media)
    else:
        yield found("media_closed", setting="LIANXIN_MEDIA_DIR", folder=media)
    for folder in dict.fromkeys([at, *_database_folder(case)]):
        yield from _room(folder)


def _existing(folder: Path) -> Path:
    """The folder, or the nearest one above it: what is not there yet will be made there."""
    return next(each for each in (folder, *folder.parents) if each.is_dir())


def _takes_files(folder: Path) -> bool:
    with suppress(OSError), tempfile.TemporaryFile(dir=folder):
        return True
    return False


def _database_folder(case: Case) -> list[Path]:
    url = make_url(case.config.database_url)
    if url.get_backend_name() != "sqlite":
        return []
    return [_existing(Path(os.path.abspath(url.database or "")).parent)]


def _room(folder: Path) -> Iterator[Finding]:
    free = disk_usage(folder).free
    if free < LITTLE:
        key = "disk_full" if free < TOO_LITTLE else "disk_little"
        yield found(key, folder=folder, megabytes=free // 1024**2)
