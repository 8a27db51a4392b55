"""A light look at a page without a browser: what a machine can find missing for those who cannot see or point."""

from collections import Counter

from lxml import html

FIELDS = "//input[not(@type='hidden')] | //select | //textarea"


def find_faults(text):
    """Return one sentence a fault of this page."""
    page = html.document_fromstring(text)
    return [
        *_language(page),
        *_fields_without_label(page),
        *_things_without_name(page),
        *_nested(page),
        *_double_ids(page),
    ]


def _language(page):
    if not page.get("lang"):
        yield "the page does not say its language"


def _fields_without_label(page):
    labelled = {label.get("for") for label in page.xpath("//label[@for]")}
    for field in page.xpath(FIELDS):
        named = field.get("aria-label") or field.get("aria-labelledby") or field.get("title")
        if not named and field.get("id") not in labelled and not field.xpath("ancestor::label"):
            yield f"no label: {_show(field)}"


def _things_without_name(page):
    for picture in page.xpath("//img[not(@alt)]"):
        yield f"no alt: {_show(picture)}"
    for frame in page.xpath("//iframe[not(@title)]"):
        yield f"no title: {_show(frame)}"
    for thing in page.xpath("//button | //a[@href] | //summary"):
        spoken = "".join(thing.itertext()).strip()
        inner = thing.xpath(".//*[@aria-label or @title] | .//img[@alt != '']")
        if not (spoken or thing.get("aria-label") or thing.get("title") or inner):
            yield f"no name: {_show(thing)}"


def _nested(page):
    # A button with `onclick` in a home page entry is the host's; `plain_entries.js` replaces it in the browser.
    for inner in page.xpath("//a//button[not(@onclick)] | //a//a | //button//a | //a//form"):
        yield f"something to press inside something to press: {_show(inner)}"


def _double_ids(page):
    for name, count in Counter(page.xpath("//@id")).items():
        if count > 1:
            yield f"id {name} stands {count} times"


def _show(element):
    return html.tostring(element, encoding="unicode")[:160]
