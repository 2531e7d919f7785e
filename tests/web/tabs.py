"""A browser tab in the chatroom, used as a person uses it: by roles, labels and keys."""

from __future__ import annotations

from typing import TYPE_CHECKING

from playwright.sync_api import expect

if TYPE_CHECKING:
    from playwright.sync_api import ConsoleMessage, Locator, Page

PATIENCE_MILLISECONDS = 20_000
# What a browser notes though the page is not at fault: a server that is down, and what the browser
# drops when the machine's network changes, which the page then loads again.
NO_FAULTS = ("WebSocket connection to", "net::ERR_NETWORK_CHANGED")
expect.set_options(timeout=PATIENCE_MILLISECONDS)


class Tab:
    """One tab. `faults`: errors that the page met or that the browser complained of."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.faults: list[str] = []
        page.set_default_timeout(PATIENCE_MILLISECONDS)
        page.on("pageerror", lambda error: self.faults.append(str(error)))
        page.on("console", self._note)

    def _note(self, message: ConsoleMessage) -> None:
        if message.type == "error" and not any(part in message.text for part in NO_FAULTS):
            self.faults.append(message.text)

    def enter(self, url: str, name: str) -> Tab:
        """Open the page and join the lobby."""
        self.page.goto(url)
        return self.join(name)

    def join(self, name: str) -> Tab:
        """Join the lobby from the page that is open."""
        field = self.page.get_by_role("textbox", name="name")
        field.fill(name)
        field.press("Enter")
        expect(self.log).to_be_visible()
        expect(self.composer).to_be_focused()
        return self

    @property
    def composer(self) -> Locator:
        """Where messages are written: the last text box of the page."""
        return self.page.get_by_role("textbox").last

    @property
    def log(self) -> Locator:
        """What was said."""
        return self.page.get_by_role("log")

    @property
    def messages(self) -> Locator:
        """The messages that are drawn."""
        return self.log.get_by_role("article")

    def message(self, text: str) -> Locator:
        """The messages with this text in them."""
        return self.messages.filter(has_text=text)

    def say(self, text: str) -> None:
        """Write a message and send it."""
        self.composer.fill(text)
        self.composer.press("Enter")

    def hears(self, *texts: str) -> None:
        """Wait until each of the texts is shown, once, and is posted."""
        for text in texts:
            expect(self.message(text)).to_have_count(1)
            expect(self.message(text)).not_to_contain_class("pending")
