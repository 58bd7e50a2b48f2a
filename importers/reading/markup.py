"""XML without surprises: an expat parser that refuses document types, and trees of small parts.

Owns: the only door to expat. Must not know: which part of a workbook is read.
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from xml.parsers import expat


class DocumentType(Exception):
    """The XML declares a document type or entities, which no workbook needs."""


def new_parser() -> expat.XMLParserType:
    """An expat parser that stops with DocumentType at the first declaration of a document type or an entity."""
    parser = expat.ParserCreate()
    parser.buffer_text = True

    def refuse(*_: object) -> None:
        raise DocumentType

    parser.StartDoctypeDeclHandler = refuse
    parser.EntityDeclHandler = refuse
    return parser


def local(name: str) -> str:
    """A tag without its prefix.

    >>> local("x:row"), local("row")
    ('row', 'row')
    """
    return name.rpartition(":")[2]


def tree_of(content: bytes) -> ET.Element:
    """The element tree of a small part, tags and attributes without prefixes. Raises expat.ExpatError, DocumentType."""
    builder = ET.TreeBuilder()
    parser = new_parser()

    def start(name: str, attributes: dict[str, str]) -> None:
        builder.start(local(name), {local(key): value for key, value in attributes.items()})

    def end(name: str) -> None:
        builder.end(local(name))

    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = builder.data
    parser.Parse(content, True)  # noqa: FBT003 - expat's own signature: this is all there is
    return builder.close()
