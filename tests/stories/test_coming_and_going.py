"""Months of people who go on leave, come back, leave for good, and units that merge: every open item has one owner,
who is there, and nothing hangs on what is gone."""

import random
from datetime import timedelta

import pytest

from routing import departure
from routing.acting import heir, keeper
from routing.lifecycle import State
from routing.policy import Turn
from store import absences, departures, items, people, units
from tests.desk import Desk

OFFICERS = ["李建国", "周敏", "何静", "王芳", "赵刚", "陈立", "孙梅"]
CONTACTS = ["张伟", "刘洋", "陈晨"]
TROUBLES = [
    "我们厂又跳闸了",
    "招不到焊工，急缺二十个",
    "贷款下月到期想续贷银行不批",
    "技改补贴到现在没到账",
    "员工小孩上学没着落",
    "社保断了两个月想补",
    "变压器带不动了想增容",
    "缺流动资金想贷款买设备",
]
UNITS = [("供电公司", "水务公司"), ("财政局", "税务局"), ("金融财税专班", "金融工作办公室")]
STEPS = 36


def said(desk: Desk, chance: random.Random) -> tuple[str, str]:
    """Who says what next."""
    officer, other = chance.sample(OFFICERS, 2)
    begins = desk.now().date() + timedelta(days=chance.randint(0, 4))
    ends = begins + timedelta(days=chance.randint(0, 9))
    leave = f"请假 {begins:%m.%d}-{ends:%m.%d} 代理 {other}"
    number = f"{chance.randint(1, 12):03d}"
    return chance.choice(
        [
            (chance.choice(CONTACTS), chance.choice(TROUBLES)),
            (chance.choice(CONTACTS), chance.choice(TROUBLES)),
            (officer, leave),
            (officer, leave),
            (officer, "销假"),
            (officer, f"签收 {number}"),
            (officer, f"办结 {number} 已经办好了，换了新的设备"),
            (officer, f"转办 {number} {other} 归他管"),
            (chance.choice(CONTACTS), f"满意 {number}"),
            (chance.choice(CONTACTS), f"不满意 {number} 还是老样子"),
            ("林晓", f"派单 {number} {officer}"),
            ("林晓", f"代请 {officer} {begins:%m.%d}-{ends:%m.%d} 代理 {other}"),
        ]
    )


def busiest(desk: Desk) -> str:
    """The officer with the most items in hand."""
    with desk.store.read() as session:
        officers = people.with_role(session, "officer")
        counts = items.open_counts(session, officers)
        return max(officers, key=lambda officer: counts.get(officer.id, 0)).name


def every_item_has_one_owner_who_is_there(desk: Desk) -> int:
    with desk.store.read() as session:
        turn = Turn(session, desk.service.policy, desk.clock.now())
        away = absences.away(session, turn.now)
        found = items.ledger(session)
        for item in found:
            if item.closed_at is not None or item.state in (State.REGISTERED, State.TRIAGE):
                continue
            owner = item.acting_for or item.officer
            assert owner is not None, f"{item.number} has no owner"
            assert owner.active
            assert heir(owner) is owner
            assert item.officer is keeper(turn, owner), f"{item.number} is not with whoever has the work of its owner"
            assert item.officer.role == "officer"
            assert item.acting_for is None or owner.id in away
            assert item.lead.valid_to is None
            assert item.next_check_at is not None
        assert departure.leftovers(turn) == []
        assert departures.with_rights(session) == []
        assert units.ended(session) == []
        return len(found)


@pytest.mark.parametrize("seed", range(2))
def test_every_open_item_has_one_owner_who_is_there(desk: Desk, seed: int) -> None:
    chance = random.Random(seed)
    for step in range(STEPS):
        desk.says(*said(desk, chance))
        if step in (16, 28):
            gone = busiest(desk)
            successor = chance.choice([name for name in OFFICERS if name != gone])
            desk.says("林晓", f"离岗 {gone}" + (f" 接手 {successor}" if step == 28 else ""))
        if step in (8, 20, 32):
            desk.says("林晓", "并入 {} {}".format(*UNITS[(step - 8) // 12]))
        desk.later(hours=chance.choice([0.1, 1, 5, 30]))
        every_item_has_one_owner_who_is_there(desk)

    desk.later(days=20)

    assert every_item_has_one_owner_who_is_there(desk) >= 3
    with desk.store.read() as session:
        done = {event.action for item in items.ledger(session) for event in item.events}
        assert {"stand_in", "hand_back"} <= done
        assert absences.live(session) == []
        assert all(person.successor is None for person in people.everybody(session))
    desk.forget()
