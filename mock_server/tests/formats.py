"""The answers of the API in its three formats, read back into one tree."""

import json

from lxml import etree


def tree_of(raw: bytes, fmt: str, callback: str = "f") -> object:
    """What an answer says, with every scalar as text: all that XML can say."""
    if fmt == "xml":
        return from_xml(raw)
    return as_texts(from_jsonp(raw, callback) if fmt == "jsonp" else json.loads(raw))


def from_jsonp(raw: bytes, callback: str) -> object:
    head, tail = f"/**/{callback}(".encode(), b");"
    assert (True, True) == (raw.startswith(head), raw.endswith(tail))
    return json.loads(raw.removeprefix(head).removesuffix(tail))


def from_xml(raw: bytes) -> object:
    root = etree.fromstring(raw)
    assert root.tag == "response"
    return _branch(root)


def _branch(element: etree._Element) -> object:
    if len(element) and all(child.tag == "item" for child in element):
        return [_branch(child) if len(child) else child.text or "" for child in element]
    return {str(child.tag): _branch(child) if len(child) else child.text or "" for child in element}


def as_texts(tree: object) -> object:
    """A tree as XML can say it: every scalar as text, nothing and an empty list as the empty one."""
    if isinstance(tree, dict):
        return {name: as_texts(value) for name, value in tree.items()} or ""
    if isinstance(tree, list):
        return [as_texts(value) for value in tree] or ""
    return "" if tree is None else str(tree)
