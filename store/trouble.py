"""Failures in the log: what and where, never with what data. Messages of databases quote the rows they refuse."""

import logging
import sys
import traceback


def report(log: logging.Logger, text: str, *arguments: object) -> None:
    """Log the exception being handled: its type and its frames, without its message."""
    kind, _, place = sys.exc_info()
    frames = "".join(traceback.format_tb(place))
    log.error(f"{text}: %s\n%s", *arguments, kind.__name__ if kind else "unknown", frames)
