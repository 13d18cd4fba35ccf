"""One history: people, processes and troubles by the numbers of one seed, then the time in which all gets done."""

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from random import Random

from greenlet import getcurrent

from bot import later, rhythm, rounds, watchdog
from bot.delivery import drain
from bot.drill.carrier import Letter
from bot.drill.rehearse import errors_logged
from bot.drill.seams import FatedClock, FatedSender
from bot.drill.world import TEMPLATE, Plan
from bot.message import OA, WECOM
from bot.service import Service
from bot.worker import guarded
from routing import ladder
from store import inbox, outbox
from tests.histories import town
from tests.histories.clock import Clocks
from tests.histories.course import (
    AT_CALLS,
    AWAKE,
    BOTH,
    CALL_MAY_TAKE,
    DRAIN,
    EVERY,
    IN_A_CALL,
    LATE,
    OUTAGES,
    QUIET,
    REBIRTHS,
    SLEEPS,
    STEPS,
    TICK,
    Course,
    hours,
    minutes,
    seconds,
)
from tests.histories.hands import Job, Process, SeamedStore, Seams, put_aside
from tests.histories.mutants import HALF, SOUND, Mutant
from tests.histories.people import Door, Post, Public
from tests.histories.vendor import Shown, Vendor, sender_to


class History:
    """Play it with `run`; the books are closed elsewhere (`laws`)."""

    def __init__(self, seed: int, without: Mutant = SOUND) -> None:
        self.random = Random(seed)
        self.course = course = replace(Course.by(self.random), **without.course)
        self.town, self.without = town.built(), without
        self.clock = Clocks(course.start)
        self.phones = Shown(self.clock)
        self.vendor = self.storm = Vendor(self.town, self.phones, self.clock, self.random, course.failing)
        self.vendor.say = lambda what: self.say(self._who(), what)
        self.vendor.last_look = self._last_look
        self.seams = Seams(self._decide)
        self.plan = Plan("", Path(), seed, 0, step=LATE)
        self.told: list[tuple[datetime, str, str]] = []
        self.errors: Counter[str] = Counter()
        self.happened: Counter[str] = Counter()
        self.calm = False
        self.open = self._open_house()
        self._ticking, self._draining = without.tick(self.open), without.drain(self.open)
        self.service = replace(self.town.service, store=self.open.store, clock=self.clock)
        self.processes = {name: Process(name) for name in ("web1", "web2", "work1", "work2")}
        doors = {channel: self._door(channel) for channel in (OA, WECOM)}
        self.carrier = Post(doors, self.phones, {}, self.clock.true, self.random, hand_over=self._delivered)
        reports = iter(self.random.sample(self.town.reports, 20))
        self.public = Public(self.service, self.carrier, self.town.people, self.random, reports)
        self._end = course.start + course.length
        self._known_due: dict[str, datetime] | None = None  # until somebody does something
        self._agenda = sorted([*self._days(), *self._jumps()], key=lambda one: one[0])

    def _open_house(self) -> Service:
        """The service as its processes have it: with everything by which trouble comes in."""
        found, store = self.town.service, SeamedStore(self.town.store, self.seams)
        self.town.begin_anew()
        crowded: Callable[[], bool] = lambda: not self.calm and self.random.random() < self.course.crowded  # noqa: E731
        return replace(found, store=store, clock=FatedClock(self.clock, self.seams), crowded=crowded)

    def _door(self, channel: str) -> Door:
        return Door(channel, self.town, self.without.web(self.open), self.phones, self.clock)

    # -- what happens when

    def _days(self) -> Iterator[tuple[datetime, Callable[[], None]]]:
        """Reports in the first hours; then people look after their things, some more often than others."""
        end = self.course.start + self.course.length
        for _ in range(self.random.randrange(2, 5)):
            yield self.course.start + minutes(self.random.randrange(240)), self.public.report
        if self.random.randrange(3) == 0:
            yield self.course.start + minutes(self.random.randrange(600)), self.public.alarm
        moment = self.course.start
        while (moment := moment + minutes(self.random.randrange(30, 300))) < end:
            if AWAKE[0] <= self.service.policy.calendar.local(moment).hour < AWAKE[1]:
                yield moment, self.public.act

    def _jumps(self) -> Iterator[tuple[datetime, Callable[[], None]]]:
        for length in self.course.jumps:
            yield self.course.start + self.random.random() * self.course.length, partial(self._jump, length)

    def _jump(self, length: timedelta) -> None:
        """Back: our clock alone is set. On: the machine was asleep, and everybody goes on where they were."""
        if any(job.calling for job in self._jobs()):
            return  # nobody looks at the clock again before the call that is under way
        self.happened["jump"] += 1
        self.say("clock", f"jumps by {length / hours(1):+.0f} hours")
        if length < timedelta():
            self.clock.jump(length)
        else:
            self.clock.go_on(length)
            self._end += length
            down, self.carrier.down = self.carrier.down, True
            self.carrier.deliver()
            self.carrier.down = down

    # -- at the seams

    def _decide(self, job: Job, where: str) -> bool:
        if where == "before the call":
            job.looked_at = self.clock.true()
        if self.calm:
            return False
        likely = AT_CALLS if where.endswith("the call") or where == HALF else 1
        if self.random.random() * self.course.kill_one_in < likely:
            self._doom(job, where)
            return True
        calling = where == "before the call"
        inside = self.town.connection.in_transaction or where == HALF
        if inside or (calling and not self._may_wait()):
            return False
        if self.random.randrange(self.course.aside_one_in) == 0:
            job.calling = calling
            if self.random.randrange(self.course.sleep_one_in) == 0:
                length = self.random.choice(IN_A_CALL if calling else SLEEPS)
                job.asleep_until = self.clock.true() + length
                self.happened["frozen"] += 1
                self.say(job.process.known_as, f"{job.kind} freezes for {length} {where}")
            put_aside()
            job.calling = False
        return False

    def _may_wait(self) -> bool:
        """No opening or closing is near: whoever is about to call looks no more."""
        is_open, now = self.service.policy.calendar.is_open, self.clock.now()
        return is_open(now) == is_open(now + CALL_MAY_TAKE)

    def _doom(self, job: Job, where: str) -> None:
        """A process ends, or all of them."""
        out = self.random.randrange(self.course.outage_one_in) == 0
        length = self.random.choice(OUTAGES if out else REBIRTHS)
        for process in self.processes.values() if out else [job.process]:
            process.doomed, process.down_until = True, self.clock.true() + length
        self.carrier.down = self.carrier.down or out
        self.happened["out"] += out
        self.say(
            job.process.known_as, f"{job.kind} is killed {where}{', and so is everybody' if out else ''}: {length}"
        )

    # -- the run of things

    def run(self) -> "History":
        with ExitStack() as stack:
            stack.enter_context(errors_logged(self.errors))
            for patch in self.without.patches(self):
                stack.enter_context(patch)
            self._go_on()
            self._settle()
            self._go_on()
        return self

    def _settle(self) -> None:
        """From now on nothing fails, and everybody is there."""
        self.say("", "nothing fails any more")
        self._end = self.clock.truly(self.service.policy.calendar.next_open(self.clock.now())) + QUIET
        self._bury()
        self.calm = self.vendor.calm = True
        self.carrier.down, self._agenda = False, []
        for process in self.processes.values():
            process.down_until = None
        for job in self._jobs():
            job.asleep_until = None

    def _go_on(self) -> None:
        for _ in range(STEPS):
            if self.clock.true() >= self._end:
                return
            self._bury()
            self._rise()
            while self._agenda and self._agenda[0][0] <= self.clock.true():
                self._agenda.pop(0)[1]()
            self.carrier.deliver()
            ready = [job for job in self._jobs() if job.asleep_until is None or job.asleep_until <= self.clock.true()]
            if ready:
                self._step(self.random.choice(ready))
            elif not self._begin_work():
                self.clock.go_on_to(min(self._next_moment(), self._end))
        raise AssertionError("it goes round in circles")

    def _jobs(self) -> list[Job]:
        return [job for process in self.processes.values() for job in process.jobs]

    def _step(self, job: Job) -> None:
        job.asleep_until = self._known_due = None
        job.step()
        if job.dead and job.kind in EVERY:
            job.process.free_at[job.kind] = self.clock.true() + EVERY[job.kind]
        if not self.calm:
            self.clock.go_on(seconds(self.random.choice((0, 0, 0.05, 1, 4))))

    def _bury(self) -> None:
        """Whatever else a process did ends with it."""
        for process in self.processes.values():
            if process.doomed:
                for job in list(process.jobs):
                    job.end()
                process.doomed, process.births, process.sender = False, process.births + 1, None
                process.free_at.clear()

    def _rise(self) -> None:
        for process in self.processes.values():
            if process.down_until is not None and process.down_until <= self.clock.true():
                process.down_until = None
                self.carrier.down = False

    def _next_moment(self) -> datetime:
        """When something happens again."""
        moments = [one.down_until for one in self.processes.values() if one.down_until is not None]
        moments += [job.asleep_until for job in self._jobs() if job.asleep_until is not None]
        moments += [moment for moment, _ in self._agenda[:1]]
        if (delivery := self.carrier.next_due()) is not None:
            moments.append(delivery)
        due = {kind: max(self.clock.truly(moment), self.clock.true()) for kind, moment in self._due().items()}
        moments += [max(one.free_at.get(kind, due[kind]), due[kind]) for one, kind in self._idle() if kind in due]
        return min(moments, default=self.clock.true() + hours(1))

    # -- work

    def _due(self) -> dict[str, datetime]:
        """When, by our clock, there is something to do for each kind of job; who has nothing to do is not woken."""
        if self._known_due is None:
            with self.service.store.read() as session:
                told, checked = rhythm.next_moment(self.service, session), ladder.next_moment(session)
                ticks = [one for one in (inbox.oldest_waiting(session), checked, told) if one is not None]
                found = {TICK: min(ticks, default=None), DRAIN: outbox.next_try(session)}
            self._known_due = {kind: moment for kind, moment in found.items() if moment is not None}
        return self._known_due

    def _idle(self) -> list[tuple[Process, str]]:
        """Workers that are there, with each kind of job they are not at; when all is calm one is enough."""
        names = ("work1",) if self.calm else ("work1", "work2")
        there = [self.processes[name] for name in names if self.processes[name].down_until is None]
        return [(one, kind) for one in there for kind in EVERY if kind not in {job.kind for job in one.jobs}]

    def _begin_work(self) -> bool:
        true, now, due = self.clock.true(), self.clock.now(), self._due()
        waiting = [(one, kind) for one, kind in self._idle() if kind in due and due[kind] <= now]
        free = [(one, kind) for one, kind in waiting if one.free_at.get(kind, true) <= true]
        chosen = free if self.calm else [one for one in free if self.random.random() < BOTH] or free[:1]
        for process, kind in chosen:
            Job(process, kind, guarded(kind, {TICK: self._tick, DRAIN: self._drain(process)}[kind]))
        return bool(chosen)

    def _tick(self) -> None:
        service = self._ticking
        later.understand(service)
        rounds.tick(service)
        watchdog.look(service)

    def _drain(self, process: Process) -> Callable[[], None]:
        process.sender = process.sender or FatedSender(sender_to(self.vendor, self.town), self.seams, lambda _: None)
        sender, name = process.sender, process.known_as
        return lambda: drain(self._draining, sender, TEMPLATE, name) and None

    def _delivered(self, letter: Letter) -> None:
        """A delivery comes to one of the web processes; where nobody is, it comes to nothing."""
        there = [self.processes[name] for name in ("web1", "web2") if self.processes[name].down_until is None]
        if there and not self.carrier.down:
            Job(self.random.choice(there), "web", lambda: self._once(letter))

    def _once(self, letter: Letter) -> None:
        known = len(letter.replies)
        self.carrier.once(letter)
        came = [reply.text for reply in letter.replies[known:]] or "no answer"
        self.say(self._who(), f"{letter.phone.name}: {letter.text[:30]} -> {str(came)[:50]}")

    @staticmethod
    def _who() -> str:
        job = getcurrent()
        return job.process.known_as if isinstance(job, Job) else ""

    def _last_look(self) -> datetime:
        job = getcurrent()
        return job.looked_at if isinstance(job, Job) and job.looked_at else self.clock.true()

    # -- what is told of it

    def say(self, who: str, what: str) -> None:
        self.told.append((self.clock.now(), who, what))

    def lines(self) -> Iterator[str]:
        """All that happened, by our clock."""
        yield str(self.course)
        local = self.service.policy.calendar.local
        yield from (f"{local(at):%m-%d %H:%M:%S}  {who:10}{what}" for at, who, what in self.told)

    def figures(self) -> Counter[str]:
        """How much of everything there was."""
        struck = self.seams.struck
        return Counter(
            {
                "hours that passed": round((self.clock.true() - self.course.start) / hours(1)),
                "messages": len(self.carrier.letters),
                "deliveries": self.carrier.counted["deliveries"],
                "calls": len(self.vendor.calls),
                "calls that failed": sum(bool(call.fault) for call in self.vendor.calls),
                "calls whose outcome nobody knew": sum("lost" in call.fault for call in self.vendor.calls),
                "kills": struck.total(),
                **{f"kills: {where}": struck[where] for where in sorted(struck)},
                "times everybody was gone": self.happened["out"],
                "times a job froze": self.happened["frozen"],
                "times the clock jumped": self.happened["jump"],
            }
        )

    def close(self) -> None:
        for job in self._jobs():
            job.end()
        self.phones.close()
