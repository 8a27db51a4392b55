"""`./psa shots`: pictures of the running suite for docs/img, at a desktop's and a phone's width. Runs in the environment.

tools/shots.toml lists them, one table each:

    [[shot]]
    name = "ticket"                        # docs/img/ticket-1280.png and docs/img/ticket-390.png
    login = "nora"                         # the password is the same in the demo world; "" for a visitor
    path = "/odoo/psa-tickets"             # after the sign-in
    click = ["text=HDG-DC01"]              # optional: clicked one after the other
    click_phone = ["text=HDG-DC01"]        # optional: clicked at a phone's width instead, where buttons hide in a menu
    follow = "iframe"                      # optional: then the page is opened that this element shows or links to
    wait = ".o_form_view .o_form_sheet"    # what must be visible, else a record of a list, or a page of the portal
    empty = true                           # optional: a list or kanban that has no record; without it that is an error
    widths = [1280]                        # optional, else both
    full_page = true                       # optional: the whole page instead of what the window shows

A page that is still loading, a list that only shows sample rows and a picture of one colour are errors: what is taken
is what a person would see who waited.
"""

import argparse
import shutil
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PIL import Image
from playwright.sync_api import Browser, BrowserContext, Page, Request, sync_playwright
from playwright.sync_api import Error as BrowserError

from tools import machine
from tools.places import ROOT, given_path
from tools.progress import Fail, guarded, say, step

if sys.version_info >= (3, 11) or TYPE_CHECKING:
    import tomllib
else:
    import tomli as tomllib

LIST = ROOT / "tools" / "shots.toml"
PICTURES = ROOT / "docs" / "img"
HEIGHTS = {1280: 800, 390: 844}
PHONE = 500  # pixels; narrower is a phone
ZONE = "America/New_York"  # where the people of the demo world work; the host takes a browser's zone at the first sign-in
PATIENCE = 60_000  # milliseconds; the first page of a fresh suite builds its assets
QUIET = 0.5  # seconds without a request after which a page is taken to be whole
# No caret, no movement, no pop-up that comes and goes: two runs on the same data give the same picture.
CALM = """
*, *::before, *::after { animation: none !important; transition: none !important; caret-color: transparent !important; }
.o_notification_manager, .o-overlay-container .o_popover.o-tooltip, .o_loading_indicator { display: none !important; }
"""


# A record of the list or kanban view that the page is about; sample rows under "nothing here" are none.
RECORD = ".o_list_view .o_data_row, .o_kanban_view .o_kanban_record:not(.o_kanban_ghost), .o_pivot_view td.o_pivot_cell_value"
# Lists within a form may be empty: the form is what the page is about.
LISTS = ", ".join(
    f".o_action_manager .{view}:not(.o_form_view .{view})"
    for view in ("o_list_view", "o_kanban_view", "o_pivot_view")
)
SAMPLE = ".o_action_manager .o_view_sample_data"
LOADING = ".o_loading_indicator, .o_skeleton, .o_loading, .o_blockUI"
# Fewer colours than this below the navigation bar is an empty page.
COLOURS = 12
NAVIGATION_BAR = 60


@dataclass(frozen=True)
class Shot:
    """One picture to take, as the list has it."""

    name: str
    path: str
    wait: str = ""
    login: str = ""
    click: list[str] = field(default_factory=list)
    click_phone: list[str] = field(default_factory=list)
    follow: str = ""
    empty: bool = False
    widths: list[int] = field(default_factory=lambda: list(HEIGHTS))
    full_page: bool = False

    @property
    def shown(self) -> str:
        """What must be visible."""
        if self.wait:
            return self.wait
        if not self.path.startswith("/odoo"):
            return "#wrap"
        return f"{LISTS}, .o_view_nocontent" if self.empty else RECORD

    def get_clicks(self, width: int) -> list[str]:
        """What is clicked at this width."""
        return self.click_phone if width < PHONE and self.click_phone else self.click

    def file(self, folder: Path, width: int) -> Path:
        """Where the picture of this width goes."""
        return folder / f"{self.name}-{width}.png"


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


class Traffic:
    """What a page is still waiting for.

    Not Playwright's "networkidle": of the worker that listens for messages the browser reports the start of its script
    and, when another page has started it already, never the end.
    """

    WORKER = "/bus/websocket_worker_bundle"

    def __init__(self, page: Page) -> None:
        self.page = page
        self.waiting: set[Request] = set()
        page.on("request", self._begin)
        page.on("requestfinished", self._end)
        page.on("requestfailed", self._end)

    def _begin(self, request: Request) -> None:
        if self.WORKER not in request.url:
            self.waiting.add(request)

    def _end(self, request: Request) -> None:
        self.waiting.discard(request)

    def settle(self) -> None:
        """Wait until the page has asked for nothing for a while."""
        until = time.monotonic() + PATIENCE / 1000
        quiet_since = time.monotonic()
        while time.monotonic() - quiet_since < QUIET:
            self.page.wait_for_timeout(50)
            if self.waiting:
                quiet_since = time.monotonic()
            if time.monotonic() > until:
                raise Fail(
                    "the page does not come to rest", detail="\n".join(one.url for one in self.waiting)
                )


class Camera:
    """A browser that stays signed in as each person it has been, for each width."""

    def __init__(self, browser: Browser, url: str, folder: Path) -> None:
        self.browser = browser
        self.url = url.rstrip("/")
        self.folder = folder
        self.contexts: dict[tuple[str, int], BrowserContext] = {}

    def _context(self, login: str, width: int) -> BrowserContext:
        if (login, width) not in self.contexts:
            phone: dict[str, Any] = {"is_mobile": True, "has_touch": True} if width < PHONE else {}
            size = {"width": width, "height": HEIGHTS.get(width, 800)}
            context = self.browser.new_context(viewport=size, locale="en-US", timezone_id=ZONE, **phone)  # type: ignore[arg-type]
            context.set_default_timeout(PATIENCE)
            if login:
                sign_in(context, self.url, login)
            self.contexts[login, width] = context
        return self.contexts[login, width]

    def take(self, shot: Shot, width: int) -> Path:
        """One picture; what the browser waited for in vain is named."""
        target = shot.file(self.folder, width)
        new = target.with_name(f".{target.name}")
        try:
            with self.shown(shot, width) as page:
                page.screenshot(path=new, full_page=shot.full_page, type="png")
                if is_blank(new):
                    raise Fail(f"no picture {shot.name} at {width}: the page is blank", detail=page.url)
            new.replace(target)
        finally:
            new.unlink(missing_ok=True)
        return target

    @contextmanager
    def shown(self, shot: Shot, width: int) -> Iterator[Page]:
        """The page of a shot, whole and at rest, as long as it is looked at."""
        page = self._context(shot.login, width).new_page()
        try:
            self._show(page, shot, width)
            yield page
        except BrowserError as error:
            raise Fail(
                f"no picture {shot.name} at {width}: {error.message.splitlines()[0]}", detail=page.url
            ) from error
        finally:
            page.close()

    def _show(self, page: Page, shot: Shot, width: int) -> None:
        traffic = Traffic(page)
        page.goto(f"{self.url}{shot.path}", wait_until="domcontentloaded")  # one slow file holds nothing up
        for target in shot.get_clicks(width):
            page.locator(target).locator("visible=true").first.click()
        if shot.follow:
            self._follow(page, shot.follow)
        page.wait_for_selector(shot.shown, state="visible")
        page.add_style_tag(content=CALM)
        traffic.settle()
        page.wait_for_function(
            "loading => [...document.querySelectorAll(loading)].every(one => !one.offsetParent)", arg=LOADING
        )
        page.evaluate("document.fonts.ready")
        self._check(page, shot)

    def _follow(self, page: Page, target: str) -> None:
        """Open what an element shows or links to as a page of its own."""
        element = page.locator(target).first
        element.wait_for(state="attached")
        address = element.evaluate("element => element.src || element.href")
        page.goto(address, wait_until="domcontentloaded")

    def _check(self, page: Page, shot: Shot) -> None:
        """A list must show real records, unless the shot says that there are none."""
        if shot.empty or not page.locator(LISTS).count():
            return
        if page.locator(SAMPLE).count() or not page.locator(RECORD).count():
            raise Fail(f"no picture {shot.name}: the list has no record", "correct it, or say empty = true")


def is_blank(picture: Path) -> bool:
    """Whether a picture shows nothing below the navigation bar."""
    with Image.open(picture) as image:
        page = image.convert("RGB").crop((0, NAVIGATION_BAR, image.width, image.height))
        colours = page.getcolors(COLOURS)
    return colours is not None


def sign_in(context: BrowserContext, url: str, login: str) -> None:
    """Sign in as somebody whose password is the login."""
    page = context.new_page()
    page.goto(f"{url}/web/login", wait_until="domcontentloaded")
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


@contextmanager
def chromium(purpose: str) -> Iterator[Browser]:
    """A headless Chromium of this machine. `purpose` says what it is for where there is none."""
    machine.require({"chromium": "chromium"}, purpose)
    with sync_playwright() as playwright:
        # no sandbox: Chromium refuses one to root, and only our own pages are shown
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"), args=["--no-sandbox"])
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def camera(url: str, folder: Path) -> Iterator[Camera]:
    """A camera with a browser of its own."""
    with chromium("taking pictures") as browser:
        yield Camera(browser, url, folder)


def main() -> int:
    """Take the pictures of the list, or those the command line names."""
    parser = argparse.ArgumentParser(
        prog="./psa shots", description=__doc__.splitlines()[0] if __doc__ else ""
    )
    parser.add_argument("name", nargs="*", help="pictures to take, else all")
    parser.add_argument("--url", required=True, help="address of the running suite")
    parser.add_argument("--into", metavar="FOLDER", help="folder for the pictures, else docs/img")
    asked = parser.parse_args()
    shots = read_list()
    unknown = sorted(set(asked.name) - {shot.name for shot in shots})
    if unknown:
        raise Fail(
            f"there is no picture {', '.join(unknown)}",
            f"tools/shots.toml has {', '.join(s.name for s in shots)}",
        )
    folder = given_path(asked.into) if asked.into else PICTURES
    folder.mkdir(parents=True, exist_ok=True)
    wanted = [
        (shot, width) for shot in shots for width in shot.widths if shot.name in (asked.name or [shot.name])
    ]
    with camera(asked.url, folder) as lens:
        problems = [problem for shot, width in wanted if (problem := _take(lens, shot, width))]
    for problem in problems:
        say(problem)
    return 1 if problems else 0


def _take(lens: Camera, shot: Shot, width: int) -> str:
    """Take one picture; return what went wrong, or nothing."""
    try:
        with step(f"{shot.name} as {shot.login or 'a visitor'} at {width}"):
            lens.take(shot, width)
    except Fail as missed:
        return str(missed)
    return ""


if __name__ == "__main__":
    sys.exit(guarded(main))
