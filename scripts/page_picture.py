"""Makes the README's picture of the page, docs/page.png: a room in which people have talked.

It needs chromium, and fonts with the signs that are written in it (fonts-noto-cjk,
fonts-noto-color-emoji).
"""

import asyncio
import shutil
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from pathlib import Path
from secrets import token_urlsafe

from playwright.async_api import Page, ViewportSize, async_playwright

from hubbub.chat.events import AnyLogged, Edited, Message, Reaction, Topic
from hubbub.client import Chat, connect
from hubbub.log.memory import MemoryLog
from hubbub.testing import serving

PICTURE = Path(__file__).parents[1] / "docs" / "page.png"
SIZE = ViewportSize(width=1240, height=860)
PROGRAMS = ("chromium", "chromium-browser", "google-chrome")
MINUTE = 60_000
NOON = datetime.now(UTC).replace(hour=12, minute=5, second=0)
"""What the clock says in the picture."""

NOW = int(NOON.timestamp() * 1000)
PEOPLE = ("Zoë", "ben", "carla", "Dieter Müller", "李明", "nora", "sam")
LATER = {
    "build": [("ben", "nightly is green again 🎉"), ("sam", "finally")],
    "design": [("carla", "@ann: which of the two blues?")],
    "lunch": [("Zoë", "the soup place at half past twelve?")],
}
"""What is said, by room, after ann has come: it is unread."""


def said(minutes_ago: float, sender: str, text: str, *, answers: int | None = None) -> Message:
    at = NOW - int(minutes_ago * MINUTE)
    return Message(room="lobby", seq=0, prev=0, sender=sender, at=at, text=text, reply_to=answers)


def reacted(sender: str, target: int, emoji: str) -> Reaction:
    return Reaction(
        room="lobby", seq=0, prev=0, sender=sender, at=NOW, target=target, emoji=emoji, on=True
    )


HISTORY: list[AnyLogged] = [
    Topic(room="lobby", seq=0, prev=0, sender="Zoë", at=NOW, text="What fits nowhere else"),
    said(95, "ben", "Morning! The **new release** is out: https://example.org/releases/2"),
    said(93, "carla", "Nice. How do I say hello from a script?"),
    said(
        91,
        "ben",
        'Like this:\n```python\nimport hubbub\n\nasync with hubbub.connect(name="bot") as chat:\n'
        '    await chat.say("hello")  # and it is kept\n```',
        answers=3,
    ),
    said(90, "carla", "**That** was quick, thank you!", answers=3),
    said(64, "李明", "我这里也能用 👋 — works from here as well"),
    said(22, "Zoë", "@ann lunch at *half past twelve*? More in #lunch"),
    said(21, "ann", "Gladly. I bring the slides, and the numbers:"),
    said(20.5, "ann", "- 10,000 people in one room\n- 0 messages lost"),
    Edited(room="lobby", seq=0, prev=0, sender="ann", at=NOW - 20 * MINUTE, target=9,
           text="- 10,000 people in one room\n- a killed server, 0 messages lost"),
    reacted("carla", 4, "🎉"),
    reacted("sam", 4, "🎉"),
    reacted("ann", 4, "👍"),
    reacted("ben", 7, "🍜"),
    reacted("ann", 7, "🍜"),
    reacted("nora", 9, "👏"),
]  # fmt: skip


async def talk(people: dict[str, Chat]) -> None:
    """Say what ann has not read yet."""
    for room, lines in LATER.items():
        for name, text in lines:
            await people[name].say(text, room=room)
    await people["nora"].say(
        "do you have a minute?", room=(await people["nora"].direct("ann")).room
    )


async def show(page: Page, address: str) -> None:
    """Enter as ann, in rooms of her own."""
    await page.goto(f"http://{address}/")
    field = page.get_by_role("textbox", name="Your name")
    await field.fill("ann")
    await field.press("Enter")
    composer = page.get_by_role("textbox").last
    for room in LATER:
        await composer.fill(f"/join {room}")
        await composer.press("Enter")
        await page.get_by_role("heading", name=f"#{room}").wait_for()
    await page.get_by_role("button", name="#lobby").first.click()
    await page.get_by_role("heading", name="#lobby").wait_for()


async def take(address: str) -> None:
    """Take the picture."""
    program = next(filter(None, map(shutil.which, PROGRAMS)), None)
    async with AsyncExitStack() as stack:
        people = {}
        for name in PEOPLE:
            people[name] = await stack.enter_async_context(
                connect(address, name=name, device=token_urlsafe(24))
            )
            for room in LATER:
                await people[name].join(room)
        playwright = await stack.enter_async_context(async_playwright())
        browser = await playwright.chromium.launch(executable_path=program, chromium_sandbox=False)
        page = await browser.new_page(
            viewport=SIZE, color_scheme="light", locale="en-GB", timezone_id="UTC"
        )
        await page.clock.install(time=NOON)
        await show(page, address)
        await talk(people)
        await page.get_by_role("button", name="@nora").first.wait_for()
        await people["sam"].typing("lobby")
        await page.get_by_text("sam is typing").wait_for()
        await page.mouse.move(SIZE["width"] / 2, 0)
        await page.screenshot(path=PICTURE)
        await browser.close()


def main() -> None:
    """Serve the room, and take the picture."""
    log = MemoryLog()
    asyncio.run(log.append(HISTORY))
    with serving(log=log) as server:
        asyncio.run(take(server.address))


if __name__ == "__main__":
    main()
