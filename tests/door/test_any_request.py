"""Nothing anybody can send makes the service fail: it lets in, or it turns away."""

from urllib.parse import quote

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.door.caller import OURS, PATH, Door, Letter, document, enveloped, sealed

REFUSALS = {400, 403, 411, 413, 415}
LENIENT = settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None, max_examples=80)
NAMES = st.sampled_from(["signature", "timestamp", "nonce", "echostr", "encrypt_type", "msg_signature", "openid"])
PIECES = st.sampled_from(
    [b"<xml>", b"</xml>", b"<Encrypt>", b"</Encrypt>", b"<![CDATA[", b"]]>", b"&lt;", b"<!DOCTYPE x>"]
)
TAGS = st.sampled_from(
    ["Content", "MediaId", "Event", "EventKey", "MsgId", "Location_X", "Location_Y", "Url", "Recognition", "Title"]
)
TYPES = st.sampled_from(
    ["text", "image", "voice", "video", "location", "link", "file", "event", "miniprogrampage", "", "x", "文本"]
)


@LENIENT
@given(query=st.binary(max_size=200), body=st.binary(max_size=500), method=st.sampled_from(["GET", "POST"]))
def test_any_bytes_are_turned_away(gate: Door, query: bytes, body: bytes, method: str) -> None:
    """E: any bytes are turned away with 400 to 415, never with 500"""
    raw = {"QUERY_STRING": query.decode("latin-1")}

    answer = gate.app.test_client().open(PATH, method=method, data=body, environ_overrides=raw)

    assert answer.status_code in REFUSALS


@LENIENT
@given(st.dictionaries(NAMES, st.one_of(st.text(max_size=40), st.just("1790557200"))), st.binary(max_size=200))
def test_any_parameters_are_turned_away(gate: Door, query: dict[str, str], body: bytes) -> None:
    given = "&".join(f"{name}={quote(value, errors='surrogatepass')}" for name, value in query.items())

    for answer in (gate.app.test_client().post(f"{PATH}?{given}", data=body), gate.get(**query)):
        assert answer.status_code in REFUSALS


@LENIENT
@given(st.lists(st.one_of(PIECES, st.binary(max_size=20)), max_size=12).map(b"".join), st.text(max_size=60))
def test_any_signed_envelope_is_turned_away(gate: Door, body: bytes, encrypted: str) -> None:
    """E: any signed envelope that holds no message is turned away likewise"""
    for letter in (enveloped(body, encrypted, gate.at), sealed(body, gate.at)):
        assert gate.post(letter).status_code in REFUSALS


@LENIENT
@given(
    kind=TYPES, fields=st.dictionaries(TAGS, st.text(max_size=60), max_size=5), nonce=st.text(min_size=1, max_size=9)
)
def test_any_words_in_a_proper_message_are_taken_and_understood_without_failing(
    door: Door, somebody: str, kind: str, fields: dict[str, str], nonce: str
) -> None:
    """F: any words in a proper message are understood without failing"""
    inside = document({"ToUserName": OURS, "FromUserName": somebody, "CreateTime": 1, "MsgType": kind, **fields})

    answer = door.post(sealed(inside, door.at, nonce))

    assert answer.status_code in ({200} if kind else {400})
    assert not any(row.failed for row in door.inbox(somebody))


def test_the_strategies_reach_the_inside(gate: Door) -> None:
    """A letter that is right in every way is not among the refusals: the tests above refuse for a reason."""
    right = sealed(document({"ToUserName": OURS, "FromUserName": "o", "CreateTime": 1, "MsgType": "event"}), gate.at)

    assert isinstance(right, Letter)
    assert gate.post(right).status_code == 200
