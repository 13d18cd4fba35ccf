"""The messages of the benchmark: signed, sealed, each with its own number, ready to be written to a socket."""

import itertools
import time
from collections.abc import Iterable
from urllib.parse import urlencode

from bot import wire, xml

TOKEN, KEY, APP_ID = "bench-token", "abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG", "wx0000000000000001"
ACCOUNT = wire.Account(TOKEN, wire.parse_aes_key(KEY), APP_ID)
ENVIRONMENT = {"LIANXIN_OA_TOKEN": TOKEN, "LIANXIN_OA_AES_KEY": KEY, "LIANXIN_OA_APPID": APP_ID}
TEXTS = (
    "我们厂这周又跳闸了三次，生产线停了大半天，变压器容量不够，想问问增容要多久，能不能先派人来看看线路？",
    "订单多了想再招四十个电焊工，人才市场跑了好几趟都招不到，有没有校企合作或者用工补贴的政策可以申请？",
    "银行说我们抵押物不够不给续贷，月底有八百万到期，能不能帮忙对接一下过桥资金或者政策性担保公司？",
    "厂门口这条路被大车压坏了，一下雨全是水坑，送货的车陷进去两回，请尽快修一修，客户都不愿意来了。",
    "新厂房的消防验收材料交了快两个月还没有消息，设备都到场了装不了，麻烦问一下卡在哪个环节了？",
    "园区自来水压力一直不够，三楼车间上不去水，冷却设备老报警，夏天更严重，找水务看过一次没解决。",
)
_buildings = itertools.count(1)
_ids = itertools.count(time.time_ns() // 1000)


def letters(openids: Iterable[str]) -> list[bytes]:
    """One message for each of these people, no two alike: what was understood once need not be understood again.
    Stamped now, so to be sent within five minutes."""
    told = zip(openids, itertools.cycle(TEXTS), strict=False)
    return [request(message(openid, f"{next(_buildings)}号楼的{text}")) for openid, text in told]


def message(openid: str, text: str) -> bytes:
    parts = {"ToUserName": "gh_bench", "FromUserName": openid, "MsgType": "text", "Content": text}
    told = "".join(f"<{name}>{xml.cdata(value)}</{name}>" for name, value in parts.items())
    return f"<xml>{told}<CreateTime>{int(time.time())}</CreateTime><MsgId>{next(_ids)}</MsgId></xml>".encode()


def request(inside: bytes) -> bytes:
    """A whole HTTP request, as the platform sends it in safe mode."""
    stamp, nonce, encrypted = str(int(time.time())), str(next(_ids)), wire.seal(ACCOUNT, inside)
    signed = wire.sign(TOKEN, stamp, nonce, encrypted)
    plain = {"signature": wire.sign(TOKEN, stamp, nonce), "timestamp": stamp, "nonce": nonce}
    query = urlencode({**plain, "encrypt_type": "aes", "msg_signature": signed})
    body = f"<xml><ToUserName>gh_bench</ToUserName><Encrypt>{encrypted}</Encrypt></xml>".encode()
    lines = [
        f"POST /wechat/oa?{query} HTTP/1.1",
        "Host: 127.0.0.1",
        "Content-Type: text/xml",
        f"Content-Length: {len(body)}",
    ]
    return "\r\n".join([*lines, "", ""]).encode() + body
