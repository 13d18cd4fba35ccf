"""Text is cut into words as jieba cuts it, by a dictionary that nobody else can change."""

import marshal
import stat
from pathlib import Path

import jieba
import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake import cut

OWN = Path(cut.__file__).with_name(cut.FILE).read_text(encoding="utf-8").split()

SENTENCES = [
    "变压器太小，一开机就跳闸",
    "施工许可证卡一个多月了，楼盖不了",
    "员工小孩上学的学校还没着落！",
    "去年说好的技改补贴到现在没到账",
    "财园信贷通下个月到期，银行说没额度",
    "工业垃圾堆着没人拉，臭死了",
    "机器人想打进整车厂，能牵个线吗？",
    "土地转让金说退一直没退",
    "大货车跟考试车混着走，太险了",
    "熔炼炉有个技术卡点，想找高校老师帮看",
    "支部换届想请党建指导员来一趟",
    "想办ISO认证，哪里有免申即享的政策",
]


@pytest.fixture(scope="module")
def by_jieba(tmp_path_factory):
    """What jieba itself finds in a text by its words that are not rare and ours: those of two characters and more."""
    folder = tmp_path_factory.mktemp("jieba")
    with jieba.Tokenizer().get_dict_file() as dictionary:
        (folder / "dict.txt").write_bytes(b"".join(line for line in dictionary if int(line.split()[1]) >= cut.SEEN))
    tokenizer = jieba.Tokenizer(str(folder / "dict.txt"))
    tokenizer.tmp_dir = str(folder)
    for word in OWN:
        tokenizer.add_word(word)
    return lambda text: [word for word in tokenizer.cut(text, HMM=False) if len(word) > 1]


@pytest.mark.parametrize("sentence", SENTENCES)
def test_a_sentence_is_cut_as_jieba_cuts_it(cutter, by_jieba, sentence):
    assert cutter.words(sentence) == by_jieba(sentence)


PIECES = st.one_of(
    st.sampled_from([*OWN, *"，。！ \n"]),
    st.sampled_from("".join(SENTENCES[:-1])),
    st.characters(min_codepoint=0x4E00, max_codepoint=0x9FD5),
)


@given(st.lists(PIECES, max_size=60).map("".join))
def test_any_chinese_text_is_cut_as_jieba_cuts_it(cutter, by_jieba, text):
    assert cutter.words(text) == by_jieba(text)


@given(st.text(st.characters()))
def test_the_words_of_any_text_stand_in_it_in_order(cutter, text):
    place = 0
    for word in cutter.words(text):
        assert len(word) > 1
        place = text.index(word, place) + len(word)


def test_our_words_are_words(cutter):
    for word in OWN:
        assert cutter.words(word) == [word]


def test_digits_and_single_characters_are_no_words(cutter):
    assert cutter.words("13812345678 a 我 😂") == []


def test_words_of_others_do_not_reach_us(cutter, tmp_path, monkeypatch):
    monkeypatch.setattr(jieba.dt, "tmp_dir", str(tmp_path))
    jieba.add_word("停电啦")

    assert jieba.lcut("停电啦", HMM=False) == ["停电啦"]
    assert cutter.words("停电啦") == ["停电"]


@pytest.mark.parametrize("mode", [0o770, 0o707])
def test_a_folder_that_others_can_write_is_not_used(tmp_path, mode):
    tmp_path.chmod(mode)

    assert cut.load(cache=tmp_path).words("变压器跳闸") == ["变压器", "跳闸"]
    assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_does_no_harm(tmp_path):
    (tmp_path / "file").write_text("")

    assert cut.load(cache=tmp_path / "file" / "below").words("变压器") == ["变压器"]


def test_the_second_start_reads_what_the_first_has_kept(tmp_path):
    cache = tmp_path / "cache"

    first = cut.Cutter(["停水啦"], cache)

    (kept,) = cache.glob("*.cache")
    assert stat.S_IMODE(cache.stat().st_mode) == 0o700
    assert first.words("停水啦，停电啦") == ["停水啦", "停电"]

    frequencies, total = marshal.loads(kept.read_bytes())
    kept.write_bytes(marshal.dumps((frequencies | {"停电啦": 100_000}, total)))

    assert cut.Cutter([], cache).words("停水啦，停电啦") == ["停水", "停电啦"]
