"""The names of elements in XML that may be broken."""

from __future__ import annotations

from lxml import etree


def bare_name(element: etree._Element) -> str:
    """Return an element's name without its namespace; a recovered one's prefix may be declared nowhere."""
    return str(element.tag).rpartition("}")[2].rpartition(":")[2]
