"""Pictures of pages: of what went wrong, and, if that is wished, of everything that is worth a look."""

from dataclasses import dataclass
from pathlib import Path
import shutil

from playwright.sync_api import BrowserContext, Error, Page

from demo.browser import still_picture

_NARROW = {"width": 390, "height": 844}


@dataclass
class Album:
    """The folder for pictures. With `all_looks`, tests show what they see in light and dark, wide and narrow."""

    folder: Path
    all_looks: bool

    def failure(self, test: str, contexts: list[BrowserContext], logs: list[Path]) -> None:
        """Keep what can be seen at this moment, and what was printed until now."""
        self.folder.mkdir(parents=True, exist_ok=True)
        pages = [page for context in contexts for page in context.pages]
        for number, page in enumerate(pages, 1):
            try:
                page.screenshot(path=self.folder / f"{test}-failed-{number}.png", animations="disabled")
            except Error:
                continue  # It is closed, or does not answer any more.
        for log in logs:
            shutil.copyfile(log, self.folder / f"{test}-{log.name}")

    def look(self, page: Page, name: str) -> None:
        """Take a page in all its looks, and leave it as it was."""
        if not self.all_looks:
            return
        self.folder.mkdir(parents=True, exist_ok=True)
        wide = page.viewport_size
        for width, size in (("wide", wide), ("narrow", _NARROW)):
            page.set_viewport_size(size)
            for scheme in ("light", "dark"):
                page.emulate_media(color_scheme=scheme)
                (self.folder / f"{name}-{width}-{scheme}.png").write_bytes(still_picture(page))
        page.set_viewport_size(wide)
        page.emulate_media(color_scheme="light")
