"""Codes people type: invitations with a check character, and the unified social credit code of an enterprise."""

import re
import secrets

CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
"""Douglas Crockford's base 32: no I, L, O, U; the first three are read as 1, 1, 0."""
READ_AS = str.maketrans("ILO", "110")
LENGTH, PRIME = 8, 37
CREDIT = "0123456789ABCDEFGHJKLMNPQRTUWXY"
"""The alphabet of GB 32100-2015: no I, O, S, V, Z."""
WEIGHTS = tuple(pow(3, place, 31) for place in range(17))
CREDIT_LIKE = re.compile(r"[0-9A-Z]{18}")


def new_invitation() -> str:
    """Eight random characters and a check character, forty bits. Of the 37 check characters the five that are no
    letters or digits are passed over."""
    while True:
        code = "".join(secrets.choice(CROCKFORD) for _ in range(LENGTH))
        if _value(code) % PRIME < len(CROCKFORD):
            return code + CROCKFORD[_value(code) % PRIME]


def spoken(code: str) -> str:
    """A code in groups, as it is read aloud: ABCD-EFGH-J."""
    return "-".join(filter(None, (code[:4], code[4:8], code[8:])))


def mistyped(code: str) -> bool:
    """Whether a code has the form of ours and a check character that does not fit."""
    code = code.translate(READ_AS)
    ours = len(code) == LENGTH + 1 and set(code) <= set(CROCKFORD)
    return ours and _value(code[:LENGTH]) % PRIME != CROCKFORD.index(code[-1])


def _value(code: str) -> int:
    value = 0
    for sign in code:
        value = value * len(CROCKFORD) + CROCKFORD.index(sign)
    return value


def credit_code(said: str) -> bool:
    """Whether this is a unified social credit code whose check digit fits (GB 32100-2015)."""
    if not CREDIT_LIKE.fullmatch(said) or not set(said) <= set(CREDIT):
        return False
    total = sum(CREDIT.index(sign) * weight for sign, weight in zip(said, WEIGHTS, strict=False))
    return CREDIT.index(said[-1]) == (31 - total % 31) % 31


def credit_like(said: str) -> bool:
    """Whether somebody meant a unified social credit code."""
    return CREDIT_LIKE.fullmatch(said) is not None


def suggested(said: str) -> str | None:
    """The code that was probably meant, where a letter stands for a digit; a suggestion, never taken for said."""
    meant = said.translate(str.maketrans("OI", "01"))
    return meant if meant != said and credit_code(meant) else None


def hidden(name: str) -> str:
    """The name of an enterprise for somebody who has yet to show that it is theirs."""
    shown = 2 if len(name) > 4 else 1
    tail = 4 if len(name) > 8 else 0
    return name[:shown] + "＊" * (len(name) - shown - tail) + name[len(name) - tail :]
