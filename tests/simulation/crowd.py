"""People who answer late, are ill, get it wrong or are angry: all by the numbers of one seed."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from pathlib import Path
from random import Random

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from store.tables import Handover, Item, Support
from tests.desk import Desk
from tests.simulation.town import named

TOLD = Path(__file__).parents[1] / "intake" / "held_back.jsonl"
SLOTS = (time(2, 40), time(8, 45), time(10, 10), time(11, 50), time(14, 20), time(16, 5), time(17, 25), time(21, 30))
GIBBERISH = ("签受 {n}", "办结", "收到", "这事不好办", "签收 999", "延期 {n} 下辈子 没空", "办结 {n}", "退回", "???")

# What people do about an item, by its state: weight and words. "" is: nothing this time.
OFFICER = {
    "assigned": (
        (10, "签收 {n}"),
        (2, "退回 {n} 不归我们管"),
        (1, "转办 {n} {colleague} 他熟悉"),
        (2, "进展 {n} 已电话联系企业"),
        (1, "办结 {n} 当场给他们办好了"),
        (8, ""),
    ),
    "handling": (
        (6, "进展 {n} 已到现场看过，正在协调"),
        (4, "办结 {n} 已经解决，设备更换完成"),
        (1, "办结 {n} 列入计划 12月底"),
        (1, "办结 {n} 正在对接"),
        (2, "延期 {n} 2天 等批文"),
        (1, "提级 {n} 需要领导出面协调"),
        (1, "转办 {n} {colleague} 换人办"),
        (1, "协办 {n} {unit}"),
        (1, "暂停 {n} 5天 等设备到货"),
        (1, "恢复 {n}"),
        (20, ""),
    ),
}
CONTACT = {
    "assigned": ((1, "催办 {n}"), (1, "补充 {n} 影响三条线"), (1, "撤回 {n}"), (40, "")),
    "handling": ((3, "催办 {n} 到底管不管"), (1, "进度 {n}"), (1, "补充 {n} 又坏了一次"), (60, "")),
    "resolved": (
        (4, "满意 {n}"),
        (3, "非常满意 {n} 谢谢"),
        (2, "基本满意 {n}"),
        (2, "不满意 {n} 根本没来人"),
        (1, "答复满意 结果不满意 {n} 没修好"),
        (1, "非常不满意 {n}"),
        (20, ""),
    ),
    "closed": ((1, "谢谢"), (1, "进度 {n}"), (1, "稳定 {n}"), (1, "问题又出现了"), (1, "接着 {n}"), (8, "")),
}
COORDINATOR = {
    "triage": ((6, "派单 {n} {unit}"), (1, "不予受理 {n} 不属于企业诉求"), (6, "")),
    "rated": (
        (4, "核实 {n} 通过"),
        (4, "核实 {n} 通过 是 是 是 未"),
        (1, "核实 {n} 虚假 没有人来过"),
        (1, "核实 {n} 退回 材料不全"),
        (6, ""),
    ),
    "verified": ((6, "销号 {n}"), (4, "")),
    "handling": (
        (1, "督办 {n} 抓紧"),
        (1, "同意延期 {n}"),
        (1, "为什么 {n}"),
        (1, "协办 {n} {unit} 2天"),
        (1, "同意暂停 {n}"),
        (1, "暂停 {n} 3天 等上级文件"),
        (1, "提请上级 {n} 超出本级权限"),
        (1, "上级答复 {n} 同意"),
        (60, ""),
    ),
    "closed": (
        (1, "重开 {n} 问题反弹"),
        (1, "回头看 {n} 稳定"),
        (1, "回头看 {n} 反弹 又坏了"),
        (1, "回头看"),
        (9, ""),
    ),
    "withdrawn": ((1, "核实 {n} 通过"), (1, "核实 {n} 退回 企业没想撤"), (4, "")),
}
OFFERED = ((3, "签收 {n}"), (1, "退回 {n} 手上事太多"), (20, ""))
SUPPORTING = ((2, "协办答复 {n} 已查过，没有问题"), (30, ""))
LEADER = {"handling": ((1, "批示 {n} 请尽快解决"), (200, ""))}
DISCIPLINE = {**OFFICER, "rated": COORDINATOR["rated"], "verified": COORDINATOR["verified"]}
UNITS = ("供电公司", "园区管委会", "财政局", "自然资源和规划局", "行政审批局", "人力资源和社会保障局")


@dataclass
class Crowd:
    desk: Desk
    seed: int
    random: Random = field(init=False)
    told: list[list[str]] = field(init=False)
    ill_until: dict[str, date] = field(default_factory=dict)
    slow: set[str] = field(default_factory=set)
    said: list[tuple[datetime, str, str, str]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.random = Random(self.seed)
        lines = TOLD.read_text(encoding="utf-8").splitlines()
        self.told = [json.loads(line)["messages"] for line in lines]
        self.random.shuffle(self.told)
        self.people = {
            role: named(self.desk, role) for role in ("contact", "officer", "coordinator", "leader", "discipline")
        }
        self.slow = set(self.random.sample(self.people["officer"], 4))

    def live(self, days: int, items: int) -> Iterator[datetime]:
        """Let so many days pass, with so many items reported in the first two thirds; yields each moment between."""
        start = self.desk.now().date()
        for n in range(days):
            day = start + timedelta(days=n)
            for slot in SLOTS:
                moment = datetime.combine(day, slot, self.desk.service.policy.calendar.zone)
                yield moment + timedelta(minutes=self.random.randrange(10))
                if self._number() < items:
                    self._report(days * len(SLOTS) * 2 / 3 / items)
                self._act(day, slot)

    def say(self, name: str, words: str) -> None:
        reply = self.desk.says(name, words) or ""
        self.said.append((self.desk.now(), name, words, reply))
        assert reply != self.desk.service.texts.say("trouble"), f"{self.desk.now()} {name}: {words}"

    def _number(self) -> int:
        with self.desk.store.read() as session:
            return session.query(Item).count()

    def _report(self, every: float) -> None:
        if self.told and self.random.random() < 1 / every:
            name = self.random.choice(self.people["contact"])
            for words in self.told.pop():
                self.say(name, words)

    def _act(self, day: date, slot: time) -> None:
        at_work = self.desk.service.policy.calendar.is_open(self.desk.clock.now())
        for item in self._in_mind():
            self._by(item.contact.name, CONTACT, item)
            if not at_work:
                continue
            if item.restricted:
                self._by(self.random.choice(self.people["discipline"]), DISCIPLINE, item)
                continue
            self._by(self.random.choice(self.people["coordinator"]), COORDINATOR, item)
            self._by(self.people["leader"][0], LEADER, item)
            if item.officer is not None and self._well(item.officer.name, day):
                self._by(item.officer.name, OFFICER, item)
            self._beside(item, day)

    def _beside(self, item: Item, day: date) -> None:
        """Those who are asked to take it over, or to support."""
        offered = [(offer.to_person, OFFERED) for offer in item.handovers if offer.status == "offered"]
        asked = [(one.officer, SUPPORTING) for one in item.supports if one.status == "asked" and one.officer]
        for person, habits in (*offered, *asked):
            if self._well(person.name, day):
                self._by(person.name, {item.state: habits}, item)

    def _in_mind(self) -> list[Item]:
        """What is open, and a few that have ended: somebody may still come back to those."""
        with self.desk.store.read() as session:
            beside = (
                selectinload(Item.handovers).joinedload(Handover.to_person),
                selectinload(Item.supports).joinedload(Support.officer),
            )
            known = select(Item).order_by(Item.id)
            known = known.options(joinedload(Item.contact), joinedload(Item.officer), *beside)
            ended = session.scalars(known.where(Item.closed_at.is_not(None))).all()
            found = [
                *session.scalars(known.where(Item.closed_at.is_(None))),
                *self.random.sample(ended, len(ended) // 50),
            ]
            session.expunge_all()
            return found

    def _well(self, name: str, day: date) -> bool:
        """People fall ill for days without a word; some answer one time in ten at best."""
        if self.random.random() < 0.002:
            self.ill_until[name] = day + timedelta(days=self.random.randrange(2, 16))
        if self.ill_until.get(name, day) > day:
            return False
        return name not in self.slow or self.random.random() < 0.1

    def _by(self, name: str, habits: dict[str, tuple[tuple[int, str], ...]], item: Item) -> None:
        known = habits.get(item.state, ())
        if not known:
            return
        words = self.random.choices([words for _, words in known], [weight for weight, _ in known])[0]
        if words and self.random.random() < 0.03:
            words = self.random.choice(GIBBERISH)
        if words:
            colleague, unit = self.random.choice(self.people["officer"]), self.random.choice(UNITS)
            self.say(name, words.format(n=item.number, colleague=colleague, unit=unit))
