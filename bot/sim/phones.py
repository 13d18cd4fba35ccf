"""What everybody's phone has shown. Appended to a file, so that it survives the process."""

import json
import threading
from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any

Card = dict[str, Any]


class Phones:
    """A journal of bubbles. A line that a kill tore apart is dropped: it was never shown."""

    def __init__(self, path: Path, now: Callable[[], datetime]) -> None:
        self._lock = threading.Lock()
        self._now = now
        self._entries: list[dict[str, Any]] = list(_whole_lines(path)) if path.exists() else []
        path.write_text("".join(f"{json.dumps(entry, ensure_ascii=False)}\n" for entry in self._entries))
        self._file = path.open("a", encoding="utf-8")

    def show(self, name: str, sender: str, text: str, card: Card | None = None, **hidden: Any) -> int:
        """Put a bubble on a person's phone. `hidden` is what the platform remembers with it."""
        with self._lock:
            entry = {
                "id": len(self._entries) + 1,
                "phone": name,
                "at": self._now().isoformat(),
                "from": sender,
                "text": text,
                "card": card,
                **hidden,
            }
            self._entries.append(entry)
            self._file.write(json.dumps(entry, ensure_ascii=False) + "\n")
            self._file.flush()
            return len(self._entries)

    def press(self, number: int, label: str) -> None:
        """Grey the buttons of a card and say what was done with it; a restart shows them again."""
        with self._lock:
            entry = self._entries[number - 1]
            entry["card"] = {"buttons": [], "pressed": label}

    def of(self, name: str, after: int = 0) -> list[dict[str, Any]]:
        """The bubbles of one phone, oldest first, with an id above `after`."""
        with self._lock:
            return [entry for entry in self._entries[after:] if entry["phone"] == name]

    def bubble(self, name: str, number: int) -> dict[str, Any] | None:
        with self._lock:
            found = self._entries[number - 1] if 0 < number <= len(self._entries) else None
        return found if found and found["phone"] == name else None

    def everything(self) -> list[dict[str, Any]]:
        with self._lock:
            return list(self._entries)

    def close(self) -> None:
        self._file.close()


def _whole_lines(path: Path) -> Any:
    for line in path.read_text(encoding="utf-8", errors="replace").split("\n"):
        try:
            yield json.loads(line)
        except ValueError:  # the last line, torn or empty
            return
