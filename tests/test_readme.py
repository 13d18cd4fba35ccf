"""The README is played and compared: what it quotes is said, what it lists is there, and nothing is left out."""

import ast
import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from bot import accounts, config
from bot.cli import main
from bot.commands import COMMANDS, EVERYBODY, Command
from bot.people_files import ROLES
from bot.texts import Texts
from tests.desk import Desk
from tests.door.test_wecom import Corp, only_in_directory

ROOT = Path(__file__).parents[1]
ENGLISH, CHINESE = ROOT / "README.md", ROOT / "docs" / "README.zh.md"
PAGES = (
    ENGLISH,
    CHINESE,
    *(
        ROOT / "docs" / name
        for name in ("connect.md", "connect.zh.md", "deploy.md", "privacy.md", "security.md", "scale.md")
    ),
)
both = pytest.mark.parametrize("readme", [ENGLISH, CHINESE], ids=["English", "Chinese"])

# ---------------------------------------------------------------- the sample conversation

SERVICE = "连心桥"
LINE = re.compile(r"(?:连心桥 → (?P<to>\S+)|(?P<by>\S+)): (?P<said>.+)")
LATER = re.compile(r"[(（](\d+) ?(second|minute|hour|day|秒|分钟|小时|天)(?:s? later|后)[)）]")
SPANS = {"second": "seconds", "minute": "minutes", "hour": "hours", "day": "days"}
SPANS |= {"秒": "seconds", "分钟": "minutes", "小时": "hours", "天": "days"}


@dataclass
class Line:
    """A line of the conversation: somebody speaks, the service answers or pushes, or time passes."""

    text: str
    by: str = ""
    to: str = ""
    later: tuple[str, float] | None = None


def conversation(readme: Path) -> list[Line]:
    """The first block of text; what is indented goes on with the line above."""
    block = re.search(r"```text\n(.+?)```", readme.read_text(encoding="utf-8"), re.DOTALL)
    assert block, f"{readme.name} has no conversation"
    lines: list[Line] = []
    for written in block[1].splitlines():
        if written.startswith("  "):
            lines[-1].text += f"\n{written.strip()}"
        elif later := LATER.fullmatch(written):
            lines.append(Line("", later=(SPANS[later[2]], float(later[1]))))
        else:
            parts = LINE.fullmatch(written)
            assert parts, f"not a line of a conversation: {written!r}"
            lines.append(Line(parts["said"], by=parts["by"] or "", to=parts["to"] or ""))
    return lines


def as_in_the_demo(desk: Desk) -> Corp:
    """Contacts write from WeChat, everybody in the service from WeCom."""
    desk.phones.ways = ("custom", "template", "wecom")
    for person in desk.everybody():
        if person.role != "contact":
            only_in_directory(desk, person.name, person.name)
    return Corp(desk)


def play(desk: Desk, lines: list[Line]) -> None:
    """Each answer must be the one to the line before it, each push must have arrived by then."""
    corp = as_in_the_demo(desk)
    outside = {person.name for person in desk.everybody() if person.role == "contact"}
    arrived: dict[str, list[str]] = {}
    answer: str | None = None
    for line in lines:
        if line.later:
            desk.later(**dict([line.later]))
        elif line.to:
            waiting = arrived.setdefault(line.to, [])
            waiting += desk.bodies_to(line.to)
            assert line.text in waiting, f"{line.to} was pushed {waiting}"
            waiting.remove(line.text)
        elif line.by == SERVICE:
            assert line.text == answer
            answer = None
        else:
            assert answer is None, f"the README leaves out the answer {answer!r}"
            answer = desk.says(line.by, line.text) if line.by in outside else corp.says(line.by, line.text)
            desk.later(seconds=1)


@both
def test_the_conversation_is_what_the_service_says(desk: Desk, readme: Path) -> None:
    lines = conversation(readme)

    play(desk, lines)

    assert {"张伟", "李建国", "林晓"} <= {line.by for line in lines}
    assert desk.item().state == "closed"
    desk.forget()


def test_a_readme_that_says_something_else_is_found(desk: Desk) -> None:
    lines = conversation(ENGLISH)
    lines[1].text = lines[1].text.replace("供电公司", "水务公司")

    with pytest.raises(AssertionError):
        play(desk, lines)


# ---------------------------------------------------------------- the table of commands


def in_english(command: Command, _texts: Texts) -> list[str]:
    """The first columns: the name in the code, and who may."""
    who = [role for role in ROLES if role in command.roles]
    return [f"`{command.name}`", "everybody" if command.roles == EVERYBODY else ", ".join(who)]


def in_chinese(command: Command, texts: Texts) -> list[str]:
    """The first column: who may, as the service calls them."""
    words = {role: texts.label("recipient", role) for role in ROLES} | {"stranger": "未绑定的人"}
    who = [words[role] for role in ROLES if role in command.roles]
    return ["所有人" if command.roles == EVERYBODY else "、".join(who)]


def expected_commands(first: Callable[[Command, Texts], list[str]]) -> list[str]:
    """The rows of the table, as the code has them."""
    texts, rows = Texts.load(), []
    for command in COMMANDS:
        help_line = texts.help[command.name]
        row = [*first(command, texts), "、".join(command.words), help_line["usage"], help_line["line"]]
        rows.append("| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |")
    return rows


@pytest.mark.parametrize(
    ("readme", "heading", "first"),
    [(ENGLISH, "Commands in chat", in_english), (CHINESE, "聊天里的命令", in_chinese)],
    ids=["English", "Chinese"],
)
def test_the_table_of_commands_is_the_one_in_the_code(
    readme: Path, heading: str, first: Callable[[Command, Texts], list[str]]
) -> None:
    expected = expected_commands(first)

    written = table(readme, heading)

    assert written == expected, f"put this table under {heading!r} in {readme.name}:\n" + "\n".join(expected)


# ---------------------------------------------------------------- the tables of settings and files


def table(readme: Path, heading: str) -> list[str]:
    """The rows of the first table in the section with this heading."""
    _, found, section = readme.read_text(encoding="utf-8").partition(f"\n## {heading}\n")
    assert found, f"{readme.name} has no section {heading!r}"
    rows = [line for line in section.partition("\n## ")[0].splitlines() if line.startswith("|")]
    return rows[2:]


def cells(row: str) -> list[str]:
    return [cell.strip().strip("`") for cell in row.strip("|").split("|")]


def code() -> Iterator[ast.AST]:
    """Every node of the program."""
    for room in ("bot", "intake", "routing", "store"):
        for path in (ROOT / room).rglob("*.py"):
            yield from ast.walk(ast.parse(path.read_text(encoding="utf-8")))


def strings(nodes: Iterable[ast.AST]) -> Iterator[str]:
    return (node.value for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str))


def names_read() -> set[str]:
    """Every setting the code asks the environment for: each stands there as a string of its own."""
    return {value for value in strings(code()) if re.fullmatch(r"LIANXIN_[A-Z_]+|PORT", value)}


def names_of_secrets() -> set[str]:
    """Those that may also stand in a file."""
    calls = (node for node in code() if isinstance(node, ast.Call) and getattr(node.func, "id", "") == "secret")
    return set(strings(argument for call in calls for argument in call.args))


@pytest.mark.parametrize(
    ("readme", "heading", "mark"), [(ENGLISH, "Settings", "(or file)"), (CHINESE, "设置", "（或文件）")]
)
def test_the_table_of_settings_names_what_the_code_reads(readme: Path, heading: str, mark: str) -> None:
    first = [cells(row)[0] for row in table(readme, heading)]

    assert {cell.split("`")[0] for cell in first} == names_read()
    assert {cell.split("`")[0] for cell in first if cell.endswith(mark)} == names_of_secrets()


@pytest.mark.parametrize(("readme", "heading"), [(ENGLISH, "Settings"), (CHINESE, "设置")])
def test_the_defaults_in_the_table_are_those_of_the_code(readme: Path, heading: str) -> None:
    written = {cells(row)[0].split("`")[0]: cells(row)[1] for row in table(readme, heading)}

    settings = config.load({})

    assert written["LIANXIN_DATABASE_URL"] == settings.database_url
    assert float(written["LIANXIN_TICK_SECONDS"]) == settings.tick_seconds
    assert float(written["LIANXIN_DRAIN_SECONDS"]) == settings.drain_seconds
    assert written["LIANXIN_OA_API_BASE"] == accounts.OA_API
    assert written["LIANXIN_WECOM_API_BASE"] == accounts.WECOM_API


def test_the_example_file_names_what_the_code_reads() -> None:
    lines = (ROOT / ".env.example").read_text(encoding="utf-8").splitlines()

    names = {found[1] for line in lines if (found := re.match(r"#?([A-Z_]+)=", line))}

    files = {f"{name}_FILE" for name in names_of_secrets()}
    assert names == names_read() | files


@pytest.mark.parametrize(
    ("readme", "heading"), [(ENGLISH, "What an office changes, and where"), (CHINESE, "哪里改什么")]
)
def test_the_table_of_files_names_what_can_be_replaced(readme: Path, heading: str) -> None:
    shipped = {
        f"{path.parent.name}/{path.name}"
        for room in ("bot", "intake", "routing")
        for path in (ROOT / room).iterdir()
        if path.suffix in (".toml", ".jsonl", ".txt")
    }

    assert {cells(row)[0] for row in table(readme, heading)} == shipped


# ---------------------------------------------------------------- commands to type, and links

CODE = re.compile(r"```\w*\n(.+?)```|`([^`\n]+)`", re.DOTALL)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_what_a_page_tells_to_type_exists(page: Path, capsys: pytest.CaptureFixture[str]) -> None:
    text = page.read_text(encoding="utf-8")
    with pytest.raises(SystemExit):
        main(["--help"])
    commands = set(re.findall(r"^    (\w+)", capsys.readouterr().out, re.MULTILINE))
    targets = set(re.findall(r"^(\w+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))

    typed = "\n".join(block or inline for block, inline in CODE.findall(text))

    assert set(re.findall(r"\bbin/lianxin (\w+)", typed)) <= commands
    assert set(re.findall(r"^make (\w+)", typed, re.MULTILINE)) <= targets


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_to_files_lead_somewhere(page: Path) -> None:
    text = page.read_text(encoding="utf-8")

    links = [link for link in re.findall(r"(?<!!)\[[^]]*\]\(([^)#]+)", text) if "://" not in link]

    assert [link for link in links if not (page.parent / link).exists()] == []
