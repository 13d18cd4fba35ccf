"""What a report names is shown to those who work on it; a telephone number only to those whose matter it is."""

import json

from bot import ledger
from tests.desk import Desk

TOLD = "科技路18号门口的路坏了，10月8日前要出300万的货，找我13812345678"


def test_the_officer_reads_what_the_report_names(desk: Desk) -> None:
    desk.says("赵刚", "待办")

    desk.says("张伟", TOLD)
    desk.later(minutes=2)

    (pushed,) = desk.bodies_to("赵刚")
    assert "13812345678" in pushed
    for named in ("科技路18号", "10月8日", "300万"):
        assert named in pushed.split("提到：")[1].splitlines()[0]
    desk.forget()


def test_a_telephone_number_is_masked_for_everybody_else(desk: Desk) -> None:
    for name in ("赵刚", "林晓"):
        desk.says(name, "帮助")
    desk.says("张伟", TOLD)
    desk.later(minutes=2)
    desk.says("张伟", "补充 001 换个号 13987654321")
    desk.later(minutes=2)

    looked = [desk.says(name, words) or "" for name in ("林晓", "马志远") for words in ("查 001", "查 科技路")]
    why = desk.says("林晓", "为什么 001") or ""
    with desk.store.read() as session:
        exported = json.dumps(
            list(ledger.rows(session, desk.service.speaker, desk.service.policy.flags, desk.clock.now())),
            ensure_ascii=False,
        )

    for text in (*looked, why, exported):
        assert "13812345678" not in text
        assert "13987654321" not in text
    assert "138****5678" in exported
    assert "139****4321" in why
    assert "13812345678" in (desk.says("赵刚", "待办 001") or "") + "".join(desk.bodies_to("赵刚"))
    assert desk.item().text == TOLD
    desk.forget()


def test_a_note_of_a_visit_is_registered_for_the_enterprise(desk: Desk) -> None:
    reply = desk.says("王芳", "今天走访鼎禾食品有限公司，企业反映分拣线缺二十名工人招不到") or ""
    desk.later(minutes=2)

    assert "已代 鼎禾食品有限公司 登记" in reply
    item = desk.item()
    assert (item.enterprise.name, item.source, item.category) == ("鼎禾食品有限公司", "visit", "LABOR")
    assert item.contact.name != "王芳"
    desk.forget()


def test_a_visit_to_nobody_we_know_is_not_registered(desk: Desk) -> None:
    reply = desk.says("王芳", "今天走访无名氏机械有限公司，企业反映招不到工人") or ""

    assert "登记" not in reply
