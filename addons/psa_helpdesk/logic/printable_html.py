"""Text that came from outside, as it may stand on paper: whoever prints it loads nothing and follows no link."""

from __future__ import annotations

from html import escape

from lxml import etree

# Everything else loses its tag and keeps its text.
KEPT = frozenset({
    "b", "blockquote", "br", "code", "dd", "div", "dl", "dt", "em", "h6", "hr", "i", "li", "ol", "p", "pre", "s",
    "small", "span", "strong", "sub", "sup", "table", "tbody", "td", "th", "thead", "tr", "u", "ul",
})  # fmt: skip
# These go with all that is in them: it is no text that somebody wrote to be read.
DROPPED = (
    "applet", "audio", "base", "button", "canvas", "embed", "frame", "frameset", "head", "iframe", "img", "input",
    "link", "math", "meta", "noscript", "object", "picture", "script", "select", "style", "svg", "template",
    "textarea", "title", "video",
)  # fmt: skip
HEADINGS = frozenset({"h1", "h2", "h3", "h4", "h5"})
KEPT_ATTRIBUTES = frozenset({"colspan", "rowspan"})


def keep_text(markup: str) -> str:
    """Return text, lists and tables of an HTML text, without pictures, links, styles and everything that is loaded.

    Headings become small ones: the paper has its own. The result is well-formed, "" where there was no text.
    """
    body = _parse(markup)
    if body is None:
        return ""
    etree.strip_elements(body, etree.Comment, etree.ProcessingInstruction, *DROPPED, with_tail=False)
    for element in body.iter():
        if element.tag in HEADINGS:
            element.tag = "h6"
        for name in set(element.attrib) - KEPT_ATTRIBUTES:
            del element.attrib[name]
    etree.strip_tags(body, *({element.tag for element in body.iter()} - KEPT - {"body"}))
    inner = escape(body.text or "") + "".join(
        etree.tostring(child, encoding="unicode", method="html") for child in body
    )
    return inner.strip() if "".join(body.itertext()).strip() else ""


def _parse(markup: str) -> etree._Element | None:
    # Bytes with their encoding said: a text that begins with an XML declaration would be refused otherwise.
    parser = etree.HTMLParser(encoding="utf-8", no_network=True)
    root = etree.fromstring(markup.encode("utf-8", "replace"), parser) if markup.strip() else None
    return None if root is None else root.find("body")
