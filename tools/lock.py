"""Lock requirements/*.in with hashes; ``make lock UPGRADE=1`` takes the newest versions.

No index address may be on the command line: uv repeats the line at the head of each file.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

REQUIREMENTS = Path(__file__).resolve().parent.parent / "requirements"
#: Each set and the set whose versions it must share.
_SETS = (("install", None), ("base", None), ("local", "base"), ("dev", "local"))


def main() -> None:
    """Compile every set, the larger ones constrained by the smaller."""
    for name, constraint in _SETS:
        command = [str(Path(sys.executable).with_name("uv")), "pip", "compile", "--quiet"]
        command += ["--generate-hashes", "--universal", "--python-version", "3.11"]
        command += ["--upgrade"] if os.environ.get("UPGRADE") else []
        command += ["--constraint", f"{constraint}.txt"] if constraint else []
        command += [f"{name}.in", "--output-file", f"{name}.txt"]
        subprocess.run(command, check=True, cwd=REQUIREMENTS)


if __name__ == "__main__":
    main()
