"""Python's collector of cycles, in processes that load much once and then run for weeks."""

import gc

EVERY = 20_000
"""So many new objects later it looks among them. A tick makes a hundred for each due item, of which nearly all are
gone by themselves a moment later; with Python's 700 the collector takes a sixth of its time (docs/scale.md)."""


def settle() -> None:
    """What is loaded by now stays: it is not looked through again, and is shared by all who are forked from here."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(EVERY, 20, 50)
