"""Reads a tagged PDF by a library other than the one that wrote it (pypdf)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from pypdf import PdfReader
from pypdf.generic import DictionaryObject


@dataclass(frozen=True)
class Paper:
    """What a reader, a screen reader included, learns of a PDF."""

    text: str
    title: str
    language: str
    marked: bool
    shows_title: bool
    claims_ua: bool
    tags: list[str]
    fonts_embedded: bool
    pages: int


def read(content: bytes) -> Paper:
    """Return what stands in a PDF and how it is tagged, in reading order."""
    reader = PdfReader(BytesIO(content))
    root: Any = reader.trailer["/Root"]
    metadata = root["/Metadata"].get_object().get_data().decode()
    return Paper(
        text=" ".join(" ".join(page.extract_text() for page in reader.pages).split()),
        title=str(reader.metadata.title if reader.metadata else ""),
        language=str(root.get("/Lang", "")),
        marked=bool(root.get("/MarkInfo", {}).get("/Marked", False)),
        shows_title=bool(root.get("/ViewerPreferences", {}).get("/DisplayDocTitle", False)),
        claims_ua="pdfuaid:part" in metadata,
        tags=list(_tags(root["/StructTreeRoot"])) if "/StructTreeRoot" in root else [],
        fonts_embedded=all(_embedded(page) for page in reader.pages),
        pages=len(reader.pages),
    )


def _tags(node: Any) -> Iterator[str]:
    """Yield the names of the structure's elements, depth first: the order of reading."""
    node = node.get_object()
    if not isinstance(node, DictionaryObject):
        return
    if "/S" in node:
        yield str(node["/S"])[1:]
    children = node.get("/K")
    for child in children if isinstance(children, list) else [children]:
        if hasattr(child, "get_object"):
            yield from _tags(child)


def _embedded(page: Any) -> bool:
    fonts = page["/Resources"].get("/Font", {})
    descriptors = [
        one.get_object()["/DescendantFonts"][0].get_object()["/FontDescriptor"].get_object()
        for one in fonts.values()
    ]
    files = {"/FontFile", "/FontFile2", "/FontFile3"}
    return bool(descriptors) and all(files & set(one) for one in descriptors)
