"""The same matter told again, and the same trouble in several companies."""

from store import items, words
from tests.desk import Desk
from tests.statements import listening, plan

READ_WHOLE = ("SCAN item", "Seq Scan on item")


def told_and_taken(desk: Desk, name: str, text: str) -> None:
    desk.says(name, text)
    desk.later(minutes=2)


def test_a_matter_told_again_joins_the_open_item_with_one_tap(desk: Desk) -> None:
    told_and_taken(desk, "张伟", "三号车间变压器带不动了，一开注塑机就跳闸")
    desk.later(hours=1)
    desk.forget()

    again = desk.says("张伟", "三号车间变压器还是带不动，一开注塑机又跳闸") or ""
    joined = desk.says("张伟", "同一件 002 001") or ""
    desk.later(seconds=1)

    assert "像是同一件事" in again
    assert "20260928-001" in again
    assert "变压器" in again
    assert "并入 20260928-001" in joined
    assert desk.item("002").state == "merged"
    assert "supplement_officer" in desk.pushes_to("李建国")
    desk.forget()


def test_a_short_word_that_it_is_still_so_is_asked_about(desk: Desk) -> None:
    told_and_taken(desk, "张伟", "我们厂又跳闸了")
    desk.later(hours=1)
    desk.forget()

    again = desk.says("张伟", "厂里还是老跳闸") or ""

    assert "像是同一件事" in again


def test_another_trouble_of_the_same_company_is_not_asked_about(desk: Desk) -> None:
    told_and_taken(desk, "张伟", "三号车间变压器带不动了，一开注塑机就跳闸")
    desk.later(hours=1)
    desk.forget()

    other = desk.says("张伟", "变压器嗡嗡响，宿舍楼的工人睡不着") or ""

    assert "同一件事" not in other
    assert "20260928-002" in other


def test_nobody_can_join_the_item_of_another_company(desk: Desk) -> None:
    told_and_taken(desk, "张伟", "我们厂又跳闸了")
    told_and_taken(desk, "黄磊", "门口的路坏得大车过不去")
    desk.forget()

    refused = desk.says("黄磊", "同一件 20260928-002 20260928-001") or ""

    assert "同一件 N M" in refused
    assert desk.item("002").state == "assigned"


def test_urging_in_words_finds_the_item_that_is_meant(desk: Desk) -> None:
    told_and_taken(desk, "张伟", "我们厂又跳闸了，变压器不够用")
    desk.later(hours=1)
    told_and_taken(desk, "张伟", "门口那条路坏得大车过不去")
    desk.later(hours=1)
    desk.forget()

    urged = desk.says("张伟", "上次报的门口那条路的事，催一下，到现在没人联系我们") or ""
    desk.later(seconds=1)

    assert "20260928-002" in urged
    assert desk.item("002").urged == 1
    assert desk.item("001").urged == 0
    desk.forget()


def test_the_same_trouble_in_three_companies_is_offered_to_the_coordinator_once(desk: Desk) -> None:
    desk.says("林晓", "今日")
    told_and_taken(desk, "张伟", "滨河路开挖埋管，货车进不了厂")
    told_and_taken(desk, "黄磊", "滨河路修路围挡，货车到路口就掉头")
    assert "batch_offer" not in desk.pushes_to("林晓")

    told_and_taken(desk, "刘洋", "滨河路封着，货车进不来，原料断了")
    desk.later(hours=1)

    (offered,) = [body for body in desk.bodies_to("林晓") if "3 家企业" in body]
    assert "滨河路" in offered
    assert "交通配套" in offered
    for number in ("20260928-001", "20260928-002", "20260928-003"):
        assert number in offered
    desk.forget()


def test_the_words_of_a_closed_item_are_not_found_again(desk: Desk) -> None:
    for name in ("张伟", "黄磊"):
        told_and_taken(desk, name, "滨河路开挖埋管，货车进不了厂")
    desk.says("黄磊", "撤回 002")
    told_and_taken(desk, "刘洋", "滨河路封着，货车进不来")
    desk.later(hours=1)

    with desk.store.read() as session:
        alike = words.sharing_words(session, desk.item("003"), ["滨河路", "货车"], desk.now(), 30)
    assert alike == {}
    assert "batch_offer" not in desk.pushes_to("林晓")
    desk.forget()


def test_what_is_alike_is_found_through_an_index_and_never_by_reading_all(desk: Desk) -> None:
    told_and_taken(desk, "张伟", "滨河路开挖埋管，货车进不了厂")
    with desk.store.read() as session, listening(desk.store.engine) as asked:
        item = items.by_short_number(session, "main", "001", 1)[0]
        words.sharing_words(session, item, ["滨河路"], desk.now(), 30)
        words.texts_of_enterprise(session, item.enterprise_id or 0, ("emergency",), 30)

    plans = [
        plan(desk.store.engine, *each)
        for each in asked
        if "item_word" in each[0] or "item.enterprise_id = " in each[0]
    ]

    assert len(plans) == 2
    assert not any(read in told for told in plans for read in READ_WHOLE), plans
    desk.forget()


def test_a_report_of_misconduct_is_never_joined_to_another(desk: Desk) -> None:
    told_and_taken(desk, "张伟", "三号车间变压器带不动了，一开注塑机就跳闸")
    desk.says("张伟", "供电所的人要好处费才肯给增容")
    desk.later(minutes=2)
    desk.forget()

    refused = desk.says("张伟", "同一件 9001 001") or ""
    desk.later(minutes=2)

    assert "专人单独受理" in refused
    assert desk.item("9001").restricted
    assert desk.item("9001").state != "merged"
    assert desk.pushes_to("李建国") == []


def test_a_problem_told_in_a_later_fragment_is_found_as_well(desk: Desk) -> None:
    desk.says("张伟", "变压器带不动了，老跳闸")
    desk.says("张伟", "还有滨河路开挖埋管，货车进不了厂")
    desk.later(minutes=2)
    told_and_taken(desk, "黄磊", "滨河路修路围挡，货车到路口就掉头")
    desk.says("王芳", "代报 联众 滨河路封着，货车进不来，原料断了")
    desk.later(hours=1)

    assert "batch_offer" in desk.pushes_to("林晓")
    desk.forget()


def test_what_was_joined_by_mistake_is_parted_again(desk: Desk) -> None:
    told_and_taken(desk, "张伟", "三号车间变压器带不动了，一开注塑机就跳闸")
    desk.later(hours=1)
    desk.says("张伟", "三号车间变压器还是带不动，一开注塑机又跳闸")
    desk.says("张伟", "同一件 002 001")
    desk.later(minutes=2)
    desk.forget()

    parted = desk.says("张伟", "新的事 002") or ""
    desk.later(seconds=1)

    assert "20260928-002 单独办" in parted
    assert desk.item("002").state == "triage"
    assert desk.item("002").merged_into_id is None
    assert "triage_coordinator" in desk.pushes_to("林晓")


def test_what_the_office_has_joined_the_contact_does_not_part(desk: Desk) -> None:
    told_and_taken(desk, "张伟", "三号车间变压器带不动了，一开注塑机就跳闸")
    told_and_taken(desk, "张伟", "厂里配电房一天跳三次闸")
    desk.says("林晓", "合并 002 001")
    desk.forget()

    desk.says("张伟", "新的事 002")

    assert desk.item("002").state == "merged"


def test_three_numbers_are_too_many_to_know_which_is_which(desk: Desk) -> None:
    told_and_taken(desk, "张伟", "三号车间变压器带不动了，一开注塑机就跳闸")
    told_and_taken(desk, "张伟", "门口的路坏得大车过不去")
    told_and_taken(desk, "张伟", "厂里招不到焊工")
    desk.forget()

    refused = desk.says("张伟", "同一件 003 002 001") or ""

    assert "同一件 N M" in refused
    assert [desk.item(number).state for number in ("001", "002", "003")] == ["assigned"] * 3


def test_who_presses_within_the_minute_hears_by_when(desk: Desk) -> None:
    desk.says("张伟", "三号车间变压器带不动了，一开注塑机就跳闸")
    desk.later(seconds=20)

    pressed = desk.says("张伟", "麻烦快点处理啊") or ""

    assert "20260928-001 刚登记" in pressed
