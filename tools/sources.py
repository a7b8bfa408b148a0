"""Rules about our own files that no ready-made tool holds: lengths, and what is not in them."""

from __future__ import annotations

import ast
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FILE_LINES = 300
FUNCTION_LINES = 40
#: Folders of a person's machine, and places that packages are downloaded from.
_FORBIDDEN = re.compile(
    r"(?<![\w.-])/(?:root|home/[a-z]\w*|Users/\w+|work/[a-z]+|tmp/plan)/"
    r"|https?://[^\s\"/]*(?:pythonhosted|npmjs|pypi)[^\s\"/]*/"
    r"|--(?:extra-)?index-url|--find-links"
)
_TEXT = {".py", ".md", ".txt", ".in", ".toml", ".yml", ".yaml", ".html", ".css", ".js", ".po", ""}
#: Here a forbidden word is the rule itself.
_EXEMPT = {"tools/sources.py"}


def problems() -> Iterator[str]:
    """Say what is wrong in the files that git knows, one sentence each."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    for name in listed.splitlines():
        path = ROOT / name
        if path.suffix not in _TEXT or not path.is_file() or "/vendor/" in name:
            continue
        text = path.read_text(errors="replace")
        if path.suffix == ".py" and "/migrations/" not in name:
            yield from _too_long(name, text)
        if name not in _EXEMPT:
            yield from _forbidden(name, text)


def _too_long(name: str, text: str) -> Iterator[str]:
    lines = text.count("\n")
    if lines > FILE_LINES:
        yield f"{name}: {lines} lines, more than {FILE_LINES}"
    for node in ast.walk(ast.parse(text, filename=name)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            length = (node.end_lineno or node.lineno) - node.lineno + 1
            if length > FUNCTION_LINES:
                yield f"{name}:{node.lineno}: {node.name} has {length} lines"


def _forbidden(name: str, text: str) -> Iterator[str]:
    for number, line in enumerate(text.splitlines(), start=1):
        found = _FORBIDDEN.search(line)
        if found:
            yield f"{name}:{number}: {found.group()} belongs in no committed file"
