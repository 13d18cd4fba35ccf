"""How much work something is: lines of our code that ran, and memory at its height. Unlike a clock, both say the
same on a busy machine."""

import sys
import tracemalloc
from collections.abc import Callable
from types import FrameType
from typing import Any


def lines(do: Callable[[], object]) -> int:
    """Lines of Python that ran while this was done."""
    count = 0

    def trace(_frame: FrameType, event: str, _argument: Any) -> Callable[..., Any]:
        nonlocal count
        count += event == "line"
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        do()
    finally:
        sys.settrace(before)
    return count


def height(do: Callable[[], object]) -> int:
    """Bytes held at the highest point while this was done, beyond what was held before."""
    tracemalloc.start()
    try:
        tracemalloc.reset_peak()
        held, _ = tracemalloc.get_traced_memory()
        do()
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    return peak - held
