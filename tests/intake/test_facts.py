"""A mistake in a file stops the start and names file, entry and reason."""

import io
import zipfile
from pathlib import Path

import numpy as np
import pytest

import intake
from intake import categories, kinds, model, stock
from intake.analyse import Analyser
from store.facts import FactError

SHIPPED = Path(intake.__file__).parent
TRAIN = "run: lianxin train"


def change(folder: Path, name: str, old: str, new: str) -> Path:
    """A folder with a shipped file of which one passage is changed."""
    text = (SHIPPED / name).read_text(encoding="utf-8")
    assert old in text
    (folder / name).write_text(text.replace(old, new, 1), encoding="utf-8")
    return folder


def load_with(folder: Path, name: str, old: str, new: str) -> Analyser:
    return Analyser.load(change(folder, name, old, new))


@pytest.mark.parametrize(
    ("name", "old", "new", "message"),
    [
        ("categories.toml", 'code = "LAND"', 'code = "PERMIT"', "categories.toml: PERMIT: stands twice"),
        ("categories.toml", 'none = "OTHER"', 'none = "NIX"', "categories.toml: none: unknown category 'NIX'"),
        ("categories.toml", '"贷款"', '"用地"', "categories.toml: FINANCE: '用地' already names LAND"),
        ("categories.toml", 'label = "其他"', "", "categories.toml: ?: label is missing"),
        ("lexicon.toml", 'category = "LAND"', 'category = "ROADS"', "用地指标: unknown category 'ROADS'"),
        ("lexicon.toml", 'name = "用地批复"', 'name = "用地指标"', "lexicon.toml: 用地指标: stands twice"),
        ("lexicon.toml", "用地指标 ", "用地指标 用地指标 ", "lexicon.toml: 用地指标: '用地指标' stands twice"),
        (
            "lexicon.toml",
            "贷款 贷…款",
            "贷款 拿地 贷…款",
            "lexicon.toml: 贷款: '拿地' already stands under LAND 用地指标",
        ),
        (
            "lexicon.toml",
            "贷款 贷…款",
            "贷款 …拿地 贷…款",
            "lexicon.toml: 贷款: '…拿地': … may stand once, with words on both sides",
        ),
        (
            "lexicon.toml",
            "贷款 贷…款",
            "贷款 拿地… 贷…款",
            "lexicon.toml: 贷款: '拿地…': … may stand once, with words on both sides",
        ),
        (
            "lexicon.toml",
            "贷款 贷…款",
            "贷款 想…拿…地 贷…款",
            "lexicon.toml: 贷款: '想…拿…地': … may stand once, with words on both sides",
        ),
        ("lexicon.toml", 'strong = "用地指标', "strong = 3 # ", "用地指标: strong must be a text of words"),
        ("lexicon.toml", "strong = 3.0", "", "lexicon.toml: weights: strong must be a number"),
        ("lexicon.toml", "[[topic]]", "[[subject]]\n[topic]\n[[words]]", "lexicon.toml"),
        ("lexicon.toml", '= "SUBSIDY"\nweight', '= "LAMPS"\nweight', "money has not come: unknown category 'LAMPS'"),
        ("lexicon.toml", "weight = 5.0", 'weight = "much"', "money has not come: weight must be a number"),
        ("lexicon.toml", 'less = ["', 'less = ["LAMPS", "', "unknown category 'LAMPS'"),
        ("lexicon.toml", 'all = ["运费', 'all = "运费" #', "freight is transport: all must be a list of texts"),
        ("grades.toml", "[model]", "[models]", "grades.toml: model: is missing"),
        ("grades.toml", "urgent = 0.", "urgent = 7.", "grades.toml: model: urgent must lie above 0 and be at most 1"),
        ("grades.toml", "all = [", "any = [", "grades.toml: production stands still now: needs phrases"),
        ("grades.toml", "grade = 4", "grade = 5", "needs a higher power: grade must be one of 1 to 4, not 5"),
        ("grades.toml", '["inquiry"]', '["wish"]', "grades.toml: inquiry: unknown nature in ['wish']"),
        ("grades.toml", '["LAND", "PERMIT"]', '["LAND", "LAMPS"]', "together: unknown category 'LAMPS'"),
        ("grades.toml", 'name = "one department"', 'name = "inquiry"', "grades.toml: inquiry: stands twice"),
        ("grades.toml", "grade = 2", 'grade = 2\nall = ["a"]', "the last grade must hold without conditions"),
        ("split.toml", "[seam]", "[seams]", "split.toml: seam: is missing"),
        ("split.toml", "apart = 0.", "apart = 7.", "split.toml: seam: apart must lie above 0 and be at most 1"),
        ("split.toml", "same = 0.", "same = -0.", "split.toml: seam: same must lie above 0 and be at most 1"),
        ("split.toml", "most = ", "most = -", "split.toml: seam: most must be a whole number of at least 1"),
        ("split.toml", "most = 12", "most = 1.5", "split.toml: seam: most must be a whole number of at least 1"),
        ("split.toml", "most = 12", "most = 12.0", "split.toml: seam: most must be a whole number of at least 1"),
        (
            "split.toml",
            "numbered = 0.",
            "numbered = 7.",
            "split.toml: seam: numbered must lie above 0 and be at most 1",
        ),
        ("split.toml", 'clause_end = "', 'clause_end = "(', "split.toml: clause_end: bad pattern"),
        ("split.toml", 'clause_end = "', 'clause_end = "x*|', "matches everything"),
        ("split.toml", "joined = ", "glued = ", "split.toml: ?: joined is missing"),
        ("split.toml", 'listed = [\n    "', 'listed = [\n    "(', "split.toml: listed: bad pattern"),
        ("clean.toml", '"帐" = "账"', '"帐" = 1', "clean.toml: slips: '帐' must name its correction"),
        ("clean.toml", 'nod = "', "nod = 3 #", "clean.toml: symbols: must map a meaning to its symbols"),
        ("verdict.toml", "ask = 0.", "ask = 7.", "verdict.toml: threshold: ask must lie above 0 and be at most 1"),
        ("verdict.toml", "nothing = 0.", "nothing = 0.9", "verdict.toml: threshold: nothing must not be above ask"),
        ("verdict.toml", "[blend]", "[stir]", "verdict.toml: blend: is missing"),
        ("kinds.toml", "carry = ", "carry = -", "kinds.toml: lead: carry must be above 0"),
        ("verdict.toml", "half = ", "half = -", "verdict.toml: blend: half must be above 0"),
        ("doubt.toml", "[doubt]", "[sure]", "doubt.toml: doubt: is missing"),
        ("doubt.toml", "weight = ", "weight = -", "doubt.toml: doubt: weight must be above 0"),
        ("doubt.toml", "talk = ", "talk = -", "doubt.toml: doubt: talk must be above 0"),
        ("doubt.toml", "weight = 0.35", "weight = inf", "doubt.toml: doubt: weight must be a number"),
        ("doubt.toml", "alarm = -0.5", f"alarm = 1{'0' * 400}", "doubt.toml: doubt: alarm must be a number"),
        ("doubt.toml", "alarm = ", "alarms = ", "doubt.toml: doubt: alarm must be a number"),
        (
            "verdict.toml",
            "least = 0.",
            "least = 7.",
            "verdict.toml: because: least must lie above 0 and be at most 1",
        ),
        ("words.txt", "高企", "高企 3", ": one word a line, without frequency"),
    ],
)
def test_a_mistake_is_named(tmp_path, name, old, new, message):
    with pytest.raises(FactError) as caught:
        load_with(tmp_path, name, old, new)

    assert str(caught.value).startswith(f"{name}: ")
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('empty = "greeting"', 'empty = "hello"', "empty: unknown kind 'hello'"),
        ('nod = "acknowledgement"', 'nod = "yes"', "symbols: unknown kind 'yes'"),
        ("[lead]", "[leads]", "lead: is missing"),
        ("carry = ", "carries = ", "lead: carry must be a number"),
        ("misconduct = ", "fraud = ", "lead: misconduct must be a number"),
        ("vetoed = ", "vetoes = ", "lead: vetoed must be a number"),
        ("[beside]", "[besides]", "beside: is missing"),
        ("most = 4", "most = 0", "beside: most must be a whole number of at least 1"),
        ("least = 10", "least = '10'", "beside: least must be a number"),
        ("brief = 0.9", "brief = 0 # ", "beside: brief must be above 0"),
        ("vetoed = 0.50", "vetoed = -1 # ", "beside: vetoed must be above 0"),
        ("emergency = 0.50", "emergency = -1 # ", "beside: emergency must be above 0"),
        ("vetoed = 0.", "vetoed = true # ", "lead: vetoed must be a number"),
        ("foreign = ", "strange = ", "lead: foreign must be a number"),
        ('kind = "emergency"', 'kind = "panic"', "danger right now: unknown kind 'panic'"),
        ("all = [", "any = [", "danger right now: needs phrases"),
        ("救命 着火了", "救命 着火了 救命", "danger right now: '救命' stands twice"),
        (
            "救命 着火了",
            "救…火…命 着火了",
            "danger right now: '救…火…命': … may stand once, with words on both sides",
        ),
        ("怕 担心", "怕 …担心", "danger right now: '…担心': … may stand once, with words on both sides"),
    ],
)
def test_a_mistake_in_kinds_is_named(analyser, tmp_path, old, new, message):
    change(tmp_path, "kinds.toml", old, new)

    with pytest.raises(FactError) as caught:
        kinds.load(analyser.reader.cleaner, analyser.learnt.heads["kind"], tmp_path)

    assert str(caught.value) == f"kinds.toml: {message}"


@pytest.mark.parametrize("broken", [b"[", b"\xff", b"a = 1" + b"0" * 5000])
@pytest.mark.parametrize(
    "name", ["categories.toml", "lexicon.toml", "grades.toml", "split.toml", "clean.toml", "verdict.toml"]
)
def test_what_is_no_toml_is_named(tmp_path, name, broken):
    (tmp_path / name).write_bytes(broken)

    with pytest.raises(FactError, match=f"^{name}: "):
        Analyser.load(tmp_path)


def examples(folder: Path, **files: str) -> stock.Stock:
    """The example files of an office that has only a few."""
    for name in (stock.EXAMPLES, stock.TALK, stock.BURSTS):
        (folder / name).write_text('{"text": "你好", "kind": "greeting"}\n', encoding="utf-8")
    for name, text in files.items():
        (folder / f"{name}.jsonl").write_text(text, encoding="utf-8")
    return stock.load(categories.load(), folder)


@pytest.mark.parametrize("name", ["examples", "talk", "bursts", "learned"])
@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ('"text": "想贷款"}', "Extra data"),
        ("想贷款", "Expecting value"),
        ('["想贷款"]', "needs a text"),
        ('{"category": "FINANCE"}', "needs a text"),
        ('{"text": " ", "category": "FINANCE"}', "needs a text"),
        ('{"text": 3, "category": "FINANCE"}', "needs a text"),
        ('{"text": "想贷款", "category": "BANK"}', "unknown category 'BANK'"),
        ('{"text": "想贷款", "category": ["FINANCE"]}', "unknown category ['FINANCE']"),
        ('{"text": "想贷款", "category": {"FINANCE": 1}}', "unknown category {'FINANCE': 1}"),
        ('{"text": "想贷款", "category": null}', "unknown category None"),
        ('{"text": "谢谢", "kind": "thanks", "category": "OTHER"}', "only a problem or an emergency has a category"),
        ('{"text": "谢谢，想贷款〔FINANCE〕", "kind": "thanks"}', "only a problem or an emergency has a category"),
        ('{"text": "想贷款", "category": "FINANCE", "kind": ["problem"]}', "unknown kind ['problem']"),
        ('{"text": "谢谢", "kind": ["thanks"]}', "unknown kind ['thanks']"),
        ('{"text": "想贷款〔FINANCE〕，招不到人〔STAFF〕"}', "unknown category 'STAFF'"),
        ('{"text": "想贷款"}', "unknown kind None"),
        ('{"text": "你好", "kind": "hello"}', "unknown kind 'hello'"),
        ('{"text": "想贷款", "category": "FINANCE", "nature": "wish"}', "unknown nature 'wish'"),
        ('{"text": "想贷款", "category": "FINANCE", "urgent": "very"}', "unknown urgent 'very'"),
    ],
)
def test_a_mistake_in_an_example_is_named_by_its_line(tmp_path, name, line, reason):
    good = '{"text": "谢谢", "kind": "thanks"}\n\n'

    with pytest.raises(FactError) as caught:
        examples(tmp_path, **{name: good + line})

    assert str(caught.value).startswith(f"{name}.jsonl: line 3: {reason}")


def test_examples_that_are_no_text_are_named(tmp_path):
    examples(tmp_path)
    (tmp_path / stock.TALK).write_bytes(b"\xff\xfe")

    with pytest.raises(FactError, match=r"^talk\.jsonl: "):
        stock.load(categories.load(), tmp_path)


def test_a_model_of_other_examples_is_refused(tmp_path):
    with pytest.raises(FactError, match=rf"^model\.npz: the example files have changed .*{TRAIN}$"):
        load_with(tmp_path, "examples.jsonl", '"category": "FINANCE"', '"category": "LAND"')


def test_a_model_that_has_not_seen_what_was_learned_is_refused(tmp_path):
    (tmp_path / stock.LEARNED).write_text('{"text": "想贷款", "category": "FINANCE"}', encoding="utf-8")

    with pytest.raises(FactError, match=TRAIN):
        Analyser.load(tmp_path)


def test_a_model_of_other_categories_is_refused(tmp_path):
    with pytest.raises(FactError, match=rf"^model\.npz: knows other categories than categories\.toml; {TRAIN}$"):
        load_with(tmp_path, "categories.toml", 'code = "LAND"', 'code = "GROUND"')


def refused(folder: Path, broken: bytes) -> None:
    """Asserts that what lies in the file is taken for no model, and that the way out is named."""
    (folder / model.FILE).write_bytes(broken)
    with pytest.raises(FactError, match=r"(?s)^model\.npz: cannot be read .*lianxin train$"):
        model.load(folder)


SHIPPED_MODEL = (SHIPPED / model.FILE).read_bytes()


def test_a_broken_model_stops_the_start(tmp_path):
    (tmp_path / model.FILE).write_bytes(b"no model")

    with pytest.raises(FactError, match=r"^model\.npz: cannot be read .*lianxin train$"):
        Analyser.load(tmp_path)


@pytest.mark.parametrize("broken", [b"", b"\x00", b"PK", b"PK\x03\x04", b"\x93NUMPY", b"no model", b"\x80\x04."])
def test_an_empty_or_foreign_file_is_no_model(tmp_path, broken):
    refused(tmp_path, broken)


def test_a_lone_array_is_no_model(tmp_path):
    with io.BytesIO() as file:
        np.save(file, np.zeros(3, np.int8))
        refused(tmp_path, file.getvalue())


def test_a_model_without_one_of_its_parts_is_none(tmp_path):
    with np.load(io.BytesIO(SHIPPED_MODEL)) as packed:
        parts = dict(packed)
    for missing in parts:
        with io.BytesIO() as file:
            np.savez(file, **{name: part for name, part in parts.items() if name != missing})
            refused(tmp_path, file.getvalue())


@pytest.mark.parametrize("kept", [1, 100, 10_000, len(SHIPPED_MODEL) // 2, len(SHIPPED_MODEL) - 1])
def test_a_model_cut_short_is_refused(tmp_path, kept):
    refused(tmp_path, SHIPPED_MODEL[:kept])


@pytest.mark.parametrize("part", ["names", "weights", "steps", "bias", "about"])
@pytest.mark.parametrize("bit", [0, 7])
def test_a_flipped_bit_is_noticed(tmp_path, part, bit):
    with zipfile.ZipFile(io.BytesIO(SHIPPED_MODEL)) as packed:
        held = packed.getinfo(f"{part}.npy")
        flipped = bytearray(SHIPPED_MODEL)
        flipped[held.header_offset + 100 + held.compress_size // 3] ^= 1 << bit
    refused(tmp_path, bytes(flipped))


@pytest.mark.parametrize(("at", "bit"), [(8, 0), (8, 6), (10, 4)], ids=["encrypted", "strongly", "method"])
def test_a_flipped_bit_of_the_directory_is_noticed(tmp_path, at, bit):
    flipped = bytearray(SHIPPED_MODEL)
    flipped[SHIPPED_MODEL.index(b"PK\x01\x02") + at] ^= 1 << bit
    refused(tmp_path, bytes(flipped))


def test_an_office_may_have_words_and_thresholds_of_its_own(tmp_path):
    change(tmp_path, "categories.toml", '"供水"', '"供水", "井水"')
    change(tmp_path, "verdict.toml", "ask = 0.", "ask = 0.9")

    own = Analyser.load(tmp_path)

    assert own.category_named("井水") == "UTILITY"
    assert own.threshold > 0.9


def test_loading_leaves_no_cache_in_the_shared_folder(tmp_path, monkeypatch):
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))

    Analyser.load()

    assert list(tmp_path.iterdir()) == []
