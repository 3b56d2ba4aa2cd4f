"""XML that strangers wrote, parsed without entities, network or unbounded depth."""

from typing import Any

from index.errors import Unreadable

Element = Any  # lxml has no types of its own

SIZE_LIMIT = 64 * 1024 * 1024  # bytes


def parsed(data: bytes, name: str) -> Element:
    """The root of an XML document. Raises Unreadable, which calls it by its name.

    A document that declares entities is refused: these formats have none, and bombs do.
    """
    from lxml import etree

    if len(data) > SIZE_LIMIT:
        raise Unreadable(f"{name} in it is too large")
    if b"<!ENTITY" in data.replace(b"\0", b""):  # as UTF-16 has it too
        raise Unreadable(f"{name} in it declares entities, as XML bombs do")
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, recover=False
    )
    try:
        root: Element = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        reason = (getattr(error, "msg", None) or str(error)).splitlines()[0][:120]
        raise Unreadable(f"{name} in it is not valid XML ({reason})") from error
    return root


def local_name(element: Element) -> str:
    """The name of an element without its namespace; "" for comments and the like."""
    tag = element.tag
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""


def attribute(element: Element, name: str) -> str:
    """The value of the attribute of that name in whatever namespace, "" where there is none."""
    for key, value in element.attrib.items():
        if key.rpartition("}")[2] == name:
            return str(value)
    return ""


def find_all(element: Element, name: str) -> list[Element]:
    """Every element below of that name, in any namespace, in document order."""
    return [each for each in element.iter() if local_name(each) == name]
