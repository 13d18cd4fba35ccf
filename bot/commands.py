"""The table of commands: name, words, who may, what it does. Help is made from it (texts in `texts.toml`)."""

import difflib
import re
from collections.abc import Callable
from dataclasses import dataclass

from bot import (
    again,
    batches,
    behalf,
    binding,
    calls,
    cards,
    contact,
    escalation,
    flags,
    followup,
    granting,
    leave,
    lists,
    numbers,
    office,
    officer,
    organisation,
    outcome,
    pauses,
    privacy,
    promises,
    rating,
    regrading,
    signing,
    sources,
    supports,
    ties,
    units,
    visits,
    why,
)
from bot.context import Talk
from bot.parse import plain
from bot.texts import Rendered
from routing.leave import MAY_BE_AWAY
from routing.lifecycle import Action, State, allows
from store.tables import Item

CONTACT = frozenset({"contact", "stranger"})
OFFICER = frozenset({"officer"})
HANDLER = frozenset({"officer", "discipline"})
RECEIVER = HANDLER | {"leader"}  # the latter where a report of misconduct names its receiver
OFFICE = frozenset({"coordinator"})
AWAY = frozenset(MAY_BE_AWAY)
VISITS = frozenset({"officer", "head", "coordinator", "leader"})
LEADER = frozenset({"leader"})
DECIDES = frozenset({"officer", "coordinator", "leader"})  # an officer asks
CHECKER = frozenset({"coordinator", "discipline", "leader"})  # the latter two for restricted items only
CONFIRMS = CONTACT | OFFICER | OFFICE  # a contact for their own enterprise, an officer for those bound to them
WHY = frozenset({"coordinator", "discipline"})  # the latter of what they received
LOOKS = frozenset({"coordinator", "leader", "head", "duty"})
EVERYBODY = frozenset({"contact", "stranger", "officer", "head", "coordinator", "leader", "duty", "discipline"})
STAFF = EVERYBODY - CONTACT


@dataclass(frozen=True, slots=True)
class Command:
    name: str
    words: tuple[str, ...]
    roles: frozenset[str]
    run: Callable[[Talk, str], Rendered | None]  # None: it is no command after all
    action: Action | None = None  # the step of the lifecycle it takes, for "what can be done now"
    only: State | None = None  # and it takes that step from this state alone

    def fits(self, item: Item) -> bool:
        """Whether it takes a step that can be taken now."""
        return self.action is not None and allows(item, self.action) and self.only in (None, item.state)


def show_help(talk: Talk, rest: str) -> Rendered:
    """What this person can say, from the table; 帮助 2 goes on where a message ends, 帮助 派单 is about one word."""
    texts, said = talk.service.texts, plain(rest)
    mine = [command for command in COMMANDS if talk.person.role in command.roles]
    lines = [texts.say("help_line", **texts.help[command.name]) for command in mine]
    if asked := next((line for line, command in zip(lines, mine, strict=True) if said in command.words), ""):
        return talk.say("help", intro="", lines=asked, more="")
    pages = _pages(lines)
    page = int(said) if re.fullmatch("[1-9]", said) and int(said) <= len(pages) else 1
    more = talk.line("help_more", page=page + 1) if page < len(pages) else ""
    return talk.say("help", intro=texts.help["intro"][talk.person.role], lines=pages[page - 1], more=more)


def _pages(lines: list[str]) -> list[str]:
    """As many lines on each page as one message carries."""
    pages = [""]
    for line in lines:
        if len(f"{pages[-1]}{line}".encode()) > PAGE_BYTES:
            pages.append("")
        pages[-1] += f"{line}\n"
    return [page.rstrip() for page in pages]


PAGE_BYTES = 1700
RATINGS = ("非常满意", "满意", "基本满意", "不满意", "非常不满意")
RATED_APART = tuple(f"{of}{word}" for of in ("答复", "结果") for word in RATINGS)

# fmt: off
COMMANDS = (
    #       name                words                        who may    what it does             step
    Command("progress",         ("进度", "查进度"),           CONTACT,   contact.progress),
    Command("urge",             ("催办", "催一下"),           CONTACT,   contact.urge),
    Command("supplement",       ("补充",),                   CONTACT,   contact.supplement),
    Command("withdraw",         ("撤回",),                   CONTACT,   contact.withdraw,        Action.WITHDRAW),
    Command("reclassify",       ("改类",),                   CONTACT | OFFICE, contact.reclassify, Action.CLASSIFY),
    Command("same",             ("同一件",),                 CONTACT,   contact.same,            Action.MERGE),
    Command("rate",             RATINGS,                     CONTACT,   rating.rate_word,       Action.RATE),
    Command("again",            ("接着",),                   CONTACT,   again.again,    Action.REOPEN, State.CLOSED),
    Command("new_matter",       ("新的事",),                 CONTACT,   again.new_matter),
    Command("steady",           ("稳定",),                   CONTACT,   followup.steady),
    Command("rate_apart",       RATED_APART,                 CONTACT,   rating.rate_apart),
    Command("bind",             ("绑定",),                   CONTACT,   binding.bind),
    Command("ask_others",       ("请人确认",),               CONTACT,   binding.ask_others),
    Command("unbind",           ("解绑",),                   CONTACT,   ties.unbind),
    Command("hand_over",        ("移交",),                   CONTACT,   ties.hand_over),
    Command("switch",           ("换企业",),                 CONTACT,   ties.switch),
    Command("my_officer",       ("我的专员", "我的干部"),      CONTACT,   contact.my_officer),

    Command("show",             ("查", "查询"),               LOOKS,     office.show),
    Command("overdue",          ("超期",),                   LOOKS,     lists.overdue),
    Command("today",            ("今日", "今天"),             LOOKS,     numbers.today),
    Command("week",             ("本周",),                   LOOKS,     numbers.week),
    Command("month",            ("本月",),                   LOOKS,     numbers.month),
    Command("stats",            ("统计",),                   LOOKS,     numbers.stats),
    Command("urgent",           ("急件",),                   LOOKS,     lists.urgent),
    Command("flag",             tuple(flags.WORDS.values()), LOOKS,     flags.colour),
    Command("units",            ("各部门", "各单位"),          LOOKS,     units.units),
    Command("triage",           ("待分办",),                 OFFICE,    lists.triage),
    Command("dispatch",         ("派单", "交办"),             OFFICE,    office.dispatch,         Action.DISPATCH),
    Command("grant",            ("同意", "批准"),             OFFICE,    granting.grant),
    Command("refuse_request",   ("不同意", "不批准"),         OFFICE,    granting.refuse),
    Command("verify",           ("核实",),                   CHECKER,   outcome.verify,          Action.VERIFY),
    Command("close",            ("销号",),                   CHECKER,   outcome.close,           Action.CLOSE),

    Command("todo",             ("待办", "我的待办"),          RECEIVER,  officer.todo),
    Command("sign",             ("签收", "接单"),             RECEIVER,  signing.sign,            Action.SIGN),
    Command("return",           ("退回", "退单"),             OFFICER,   signing.give_back,       Action.RETURN),
    Command("contacted",        ("已联系",),                 RECEIVER,  signing.contacted,       Action.PROGRESS),
    Command("transfer",         ("转办",),                   OFFICER,   signing.transfer,        Action.TRANSFER),
    Command("progress_note",    ("进展",),                   RECEIVER,  officer.progress,        Action.PROGRESS),
    Command("support",          ("协办",),                   OFFICER | OFFICE, supports.ask),
    Command("support_answer",   ("协办答复",),               OFFICER,   supports.answer),
    Command("pause",            ("暂停",),                   DECIDES,   pauses.pause),
    Command("resume",           ("恢复",),                   DECIDES,   pauses.resume),
    Command("extend",           ("延期",),                   OFFICER,   officer.extend),
    Command("promise",          ("承诺",),                   HANDLER | OFFICE, promises.promise),
    Command("escalate",         ("提级",),                   OFFICER | OFFICE, escalation.to_leader),
    Command("resolve",          ("办结",),                   RECEIVER,  outcome.resolve,         Action.RESOLVE),
    Command("outcome",          ("结果",),                   RECEIVER | OFFICE, outcome.correct),
    Command("on_behalf",        ("代报",),                   OFFICER | OFFICE, behalf.on_behalf),
    Command("visit",            ("走访",),                   VISITS,    visits.visit),

    Command("invite",           ("邀请",),                   OFFICER | OFFICE, ties.invite),
    Command("show_code",        ("二维码",),                 OFFICER | OFFICE, ties.show_code),
    Command("contacts_of",      ("联系人",),                 OFFICER | OFFICE, ties.contacts_of),
    Command("unbind_for",       ("解绑",),                   OFFICER | OFFICE, ties.unbind_for),
    Command("grant_claim",      ("同意绑定",),               CONFIRMS,  binding.grant),
    Command("deny_claim",       ("不同意绑定",),             CONFIRMS,  binding.deny),

    Command("leave",            ("请假",),                   AWAY,      leave.request),
    Command("leave_back",       ("销假",),                   AWAY,      leave.back),
    Command("leave_decline",    ("不代理",),                 AWAY,      leave.decline),
    Command("leave_for",        ("代请",),                   OFFICE,    leave.request_for),
    Command("leave_service",    ("离岗",),                   OFFICE,    organisation.leave_service),
    Command("merge_unit",       ("并入",),                   OFFICE,    organisation.merge_unit),
    Command("rename_unit",      ("改名",),                   OFFICE,    organisation.rename_unit),

    Command("supervise",        ("督办",),                   OFFICE | LEADER, office.supervise),
    Command("merge",            ("合并",),                   OFFICE,    office.merge,            Action.MERGE),
    Command("batch",            ("批办", "批处理"),           OFFICE,    batches.batch),
    Command("batch_answer",     ("批答",),                   OFFICE | OFFICER, batches.answer),
    Command("out_of_remit",     ("不属职责",),               OFFICE,    sources.out_of_remit,    Action.PASS_ON),
    Command("source",           ("来源",),                   OFFICE,    sources.source),
    Command("campaign",         ("活动",),                   OFFICE,    sources.campaign),
    Command("superior_number",  ("上级",),                   OFFICE,    sources.superior_number),
    Command("ask_superior",     ("提请上级",),               OFFICE,    escalation.to_superior),
    Command("superior_answer",  ("上级答复",),               OFFICE,    escalation.superior_answers),
    Command("regrade",          ("改级",),                   OFFICE | LEADER, regrading.regrade),
    Command("refuse",           ("不予受理",),               OFFICE,    office.refuse,           Action.REFUSE),
    Command("grant_extension",  ("同意延期",),               OFFICE,    office.grant_extension),
    Command("refuse_extension", ("不同意延期",),             OFFICE,    office.refuse_extension),
    Command("grant_pause",      ("同意暂停",),               OFFICE,    pauses.grant),
    Command("refuse_pause",     ("不同意暂停",),             OFFICE,    pauses.refuse),
    Command("reopen",           ("重开",),                   OFFICE,    outcome.reopen,          Action.REOPEN),
    Command("second_look",      ("回头看",),                 CHECKER,   followup.second_look),
    Command("why",              ("为什么",),                 WHY,       why.why),
    Command("why_due",          ("为什么",),                 CONTACT | OFFICER | LEADER, why.why_due),
    Command("undelivered",      ("未送达",),                 WHY,       lists.undelivered),
    Command("phoned",           ("已电话",),                 CHECKER,   calls.phoned),
    Command("instruct",         ("批示",),                   LEADER,    escalation.instruct),

    Command("privacy",          ("隐私", "隐私说明"),         CONTACT,   privacy.notice),
    Command("export_me",        ("导出我的信息",),           CONTACT,   privacy.export_me),
    Command("erase_me",         ("删除我的信息", "确认删除我的信息"), CONTACT, privacy.erase_me),

    Command("cards",            ("卡片",),                   STAFF,     cards.prefer),
    Command("help",             ("帮助", "菜单", "help", "?", "？"), EVERYBODY, show_help),
)
# fmt: on

_BY_WORD = sorted(((word, command) for command in COMMANDS for word in command.words), key=lambda pair: -len(pair[0]))
# After a command word comes the end, a blank, a number or punctuation; anything else is ordinary speech.
_AFTER = re.compile(r"$|[\s\d,，。.:：；;!！?？、]")
_MARKS = re.compile(r"[\s,，。.:：；;!！?？、]*")


def find(said: str, role: str) -> tuple[Command, str, str] | None:
    """The command a message begins with, its word, and what follows; those of this role come first."""
    said = said.strip()
    text = plain(said).lower()
    found = [
        (command, word, "" if _MARKS.fullmatch(text, len(word)) else said[len(word) :].strip())
        for word, command in _BY_WORD
        if text.startswith(word) and _AFTER.match(text[len(word) :])
    ]
    return next((hit for hit in found if role in hit[0].roles), found[0] if found else None)


def nearest(said: str, role: str) -> tuple[Command, str] | None:
    """The command that was probably meant by a wrong word of about the same length."""
    first = re.split(r"[\s\d,，。:：]", plain(said.strip()), maxsplit=1)[0]
    own = {word: command for word, command in _BY_WORD if role in command.roles}
    close = difflib.get_close_matches(first, own, n=1, cutoff=0.5) if 2 <= len(first) <= 6 else []
    return (own[close[0]], close[0]) if close and close[0] != first else None
