"""`./psa shots`: pictures of the running suite for docs/img, at a desktop's and a phone's width. Runs in the environment.

tools/shots.toml lists them, one table each:

    [[shot]]
    name = "ticket"                        # docs/img/ticket-1280.png and docs/img/ticket-390.png
    login = "nora"                         # the password is the same in the demo world; "" for a visitor
    path = "/odoo/psa-tickets"             # after the sign-in
    wait = ".o_list_view .o_data_row"      # what must be visible before the picture is taken
    click = ["text=HDG-DC01"]              # optional: clicked one after the other, before `wait`
    widths = [1280]                        # optional, else both
    full_page = true                       # optional: the whole page instead of what the window shows
"""

import argparse
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from playwright.sync_api import Error as BrowserError

from tools import machine
from tools.places import ROOT
from tools.progress import Fail, close_line, say, step

if sys.version_info >= (3, 11) or TYPE_CHECKING:
    import tomllib
else:
    import tomli as tomllib

LIST = ROOT / "tools" / "shots.toml"
PICTURES = ROOT / "docs" / "img"
HEIGHTS = {1280: 800, 390: 844}
PATIENCE = 60_000  # milliseconds; the first page of a fresh suite builds its assets
# No caret, no movement, no pop-up that comes and goes: two runs on the same data give the same picture.
CALM = """
*, *::before, *::after { animation: none !important; transition: none !important; caret-color: transparent !important; }
.o_notification_manager, .o-overlay-container .o_popover.o-tooltip, .o_loading_indicator { display: none !important; }
"""


@dataclass(frozen=True)
class Shot:
    """One picture to take, as the list has it."""

    name: str
    path: str
    wait: str
    login: str = ""
    click: list[str] = field(default_factory=list)
    widths: list[int] = field(default_factory=lambda: list(HEIGHTS))
    full_page: bool = False

    def file(self, width: int) -> Path:
        """Where the picture of this width goes."""
        return PICTURES / f"{self.name}-{width}.png"


def read_list(path: Path = LIST) -> list[Shot]:
    """The shots of the list; an unknown or missing word in it is an error."""
    if not path.is_file():
        raise Fail(f"there is no {path.relative_to(ROOT)}", "write one; tools/shots.py says how")
    try:
        shots = [Shot(**table) for table in tomllib.loads(path.read_text()).get("shot", [])]
    except (TypeError, tomllib.TOMLDecodeError) as error:
        raise Fail(
            f"{path.name} is not as it should be: {error}", "tools/shots.py says how it is written"
        ) from error
    names = [shot.name for shot in shots]
    doubled = sorted({name for name in names if names.count(name) > 1})
    if doubled:
        raise Fail(f"{path.name} has {', '.join(doubled)} twice")
    return shots


class Camera:
    """A browser that stays signed in as each person it has been, for each width."""

    def __init__(self, browser: Browser, url: str) -> None:
        self.browser = browser
        self.url = url.rstrip("/")
        self.contexts: dict[tuple[str, int], BrowserContext] = {}

    def _context(self, login: str, width: int) -> BrowserContext:
        if (login, width) not in self.contexts:
            phone: dict[str, Any] = {"is_mobile": True, "has_touch": True} if width < 500 else {}
            size = {"width": width, "height": HEIGHTS.get(width, 800)}
            context = self.browser.new_context(viewport=size, locale="en-US", timezone_id="UTC", **phone)  # type: ignore[arg-type]
            context.set_default_timeout(PATIENCE)
            if login:
                self._sign_in(context, login)
            self.contexts[login, width] = context
        return self.contexts[login, width]

    def _sign_in(self, context: BrowserContext, login: str) -> None:
        page = context.new_page()
        page.goto(f"{self.url}/web/login", wait_until="domcontentloaded")
        page.fill("input[name=login]", login)
        page.fill("input[name=password]", login)
        page.click(".oe_login_form button[type=submit]")
        page.wait_for_url(lambda url: "/web/login" not in url, wait_until="domcontentloaded")
        if "/web/login" in page.url:
            raise Fail(
                f"{login} cannot sign in",
                "is this the demo world of this checkout? ./psa run prints its people",
            )
        page.close()

    def take(self, shot: Shot, width: int) -> Path:
        """One picture; what the browser waited for in vain is named."""
        page = self._context(shot.login, width).new_page()
        try:
            self._show(page, shot)
            target = shot.file(width)
            new = target.with_name(f".{target.name}")
            page.screenshot(path=new, full_page=shot.full_page, type="png")
            new.replace(target)
        except BrowserError as error:
            raise Fail(
                f"no picture {shot.name} at {width}: {error.message.splitlines()[0]}", detail=page.url
            ) from error
        finally:
            page.close()
        return target

    def _show(self, page: Page, shot: Shot) -> None:
        page.goto(f"{self.url}{shot.path}", wait_until="domcontentloaded")  # one slow file holds nothing up
        for target in shot.click:
            page.click(target)
        page.wait_for_selector(shot.wait, state="visible")
        page.add_style_tag(content=CALM)
        page.wait_for_load_state("networkidle")
        page.evaluate("document.fonts.ready")


@contextmanager
def camera(url: str) -> Iterator[Camera]:
    """A headless Chromium of this machine."""
    machine.require({"chromium": "chromium"}, "taking pictures")
    with sync_playwright() as playwright:
        # no sandbox: Chromium refuses one to root, and only our own pages are shown
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        try:
            yield Camera(browser, url)
        finally:
            browser.close()


def main() -> int:
    """Take the pictures of the list, or those the command line names."""
    parser = argparse.ArgumentParser(
        prog="./psa shots", description=__doc__.splitlines()[0] if __doc__ else ""
    )
    parser.add_argument("name", nargs="*", help="pictures to take, else all")
    parser.add_argument("--url", required=True, help="address of the running suite")
    asked = parser.parse_args()
    shots = read_list()
    unknown = sorted(set(asked.name) - {shot.name for shot in shots})
    if unknown:
        raise Fail(
            f"there is no picture {', '.join(unknown)}",
            f"tools/shots.toml has {', '.join(s.name for s in shots)}",
        )
    PICTURES.mkdir(parents=True, exist_ok=True)
    problems: list[str] = []
    with camera(asked.url) as lens:
        for shot in shots:
            if asked.name and shot.name not in asked.name:
                continue
            for width in shot.widths:
                try:
                    with step(f"{shot.name} as {shot.login or 'a visitor'} at {width}"):
                        lens.take(shot, width)
                except Fail as missed:
                    problems.append(str(missed))
    for problem in problems:
        say(problem)
    return 1 if problems else 0


if __name__ == "__main__":
    try:
        sys.exit(main())
    except Fail as error:
        close_line()
        print(error, file=sys.stderr)
        sys.exit(1)
