"""What somebody wrote, without the older mails that hang below it."""

from lxml import etree

QUOTE = "data-o-mail-quote"
"""The mark that the host's cleaning of mails puts on what is quoted and on signatures."""


def cut_quoted(body: str | None) -> str:
    """Return the HTML without its quoted parts, as it is where nothing else would stay.

    :param body: HTML that went through the host's cleaning, which marks what is quoted
    """
    if not body or QUOTE not in body:
        return body or ""
    root = etree.fromstring(f"<div>{body}</div>", etree.HTMLParser(encoding="utf-8"))
    for node in list(root.iter(etree.Element)):
        if node.get(QUOTE) and node.getparent() is not None:
            _drop(node)
    shown = root.find(".//div")
    if shown is None or not (_says(shown)):
        return body
    return (shown.text or "") + "".join(
        etree.tostring(child, encoding="unicode", method="html") for child in shown
    )


def _says(node: etree._Element) -> bool:
    return bool("".join(node.itertext()).strip()) or node.find(".//img") is not None


def _drop(node: etree._Element) -> None:
    """Take a node out; text that follows it belongs to its parent and stays."""
    parent, tail = node.getparent(), node.tail or ""
    before = node.getprevious()
    if before is not None:
        before.tail = (before.tail or "") + tail
    else:
        parent.text = (parent.text or "") + tail
    node.tail = None
    parent.remove(node)
