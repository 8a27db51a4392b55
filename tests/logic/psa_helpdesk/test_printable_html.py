"""What came from outside is printed as text: nothing of it is loaded, followed or styled."""

import pytest

from odoo.addons.psa_helpdesk.logic.printable_html import keep_text


@pytest.mark.parametrize(
    ("markup", "printed"),
    [
        ("<p>Paper <b>everywhere</b>.</p>", "<p>Paper <b>everywhere</b>.</p>"),
        ("5 &lt; 6 &amp; 7", "<p>5 &lt; 6 &amp; 7</p>"),
        ("<ul><li>one</li><li>two</li></ul>", "<ul><li>one</li><li>two</li></ul>"),
        (
            '<table><tr><td colspan="2" bgcolor="red">A</td></tr></table>',
            '<table><tr><td colspan="2">A</td></tr></table>',
        ),
        ("<h1>Urgent</h1>", "<h6>Urgent</h6>"),
        ('<p>See <a href="https://evil.example/x">here</a>.</p>', "<p>See here.</p>"),
        ('<p>Before <img src="http://10.0.0.1/x.png"/> after</p>', "<p>Before  after</p>"),
        ('<p style="background:url(http://10.0.0.1/)" class="x" id="y">A</p>', "<p>A</p>"),
        ("<p>A<style>p{background:url(http://10.0.0.1/)}</style></p>", "<p>A</p>"),
        ("<p>A</p><script>alert(1)</script>", "<p>A</p>"),
        ('<p>A</p><iframe src="file:///etc/passwd">x</iframe>', "<p>A</p>"),
        ('<svg><image href="http://10.0.0.1/"/></svg><p>A</p>', "<p>A</p>"),
        ("<p>A<!-- secret --></p>", "<p>A</p>"),
        ('<?xml version="1.0" encoding="utf-16"?><p>Grüße</p>', "<p>Grüße</p>"),
        ("<font color='red'><o:p>Word</o:p></font>", "Word"),
        ("<p>never <b>closed", "<p>never <b>closed</b></p>"),
    ],
)
def test_only_text_and_its_form_is_kept(markup, printed):
    assert keep_text(markup) == printed


@pytest.mark.parametrize("markup", ["", "   ", "<p><br></p>", '<img src="x"/>', "<!-- only a comment -->"])
def test_no_text_is_nothing(markup):
    assert keep_text(markup) == ""


def test_a_hostile_depth_is_survived():
    assert "begin" in keep_text("<p>begin</p>" + "<div>" * 5000 + "end")


def test_half_a_character_is_survived():
    assert keep_text("<p>broken \ud800 sign</p>") == "<p>broken ? sign</p>"
