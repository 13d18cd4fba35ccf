"""Where pictures, voice and video lie: a folder outside the web's reach."""

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

MEDIA = Path("var") / "media"


@dataclass(frozen=True, slots=True)
class Shelf:
    """Every file in the folder is called after its content."""

    folder: Path

    def path(self, digest: str) -> Path:
        return self.folder / digest[:2] / digest

    def put(self, content: bytes) -> str:
        """Keep these bytes; their name. A half-written file never has it."""
        digest = hashlib.sha256(content).hexdigest()
        path = self.path(digest)
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            half = path.with_suffix(f".{os.getpid()}")
            half.write_bytes(content)
            half.chmod(0o600)
            half.replace(path)
        return digest


SHELF = Shelf(MEDIA)
