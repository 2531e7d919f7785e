"""A window to chat in: python tk_window.py [ADDRESS] [NAME]. docs/window.md explains it."""

import asyncio
import queue
import sys
import threading
import tkinter as tk
from contextlib import suppress
from datetime import UTC, datetime
from functools import partial
from tkinter import ttk

import hubbub
from hubbub.chat.errors import HubbubError, Unreachable
from hubbub.chat.events import Message, Room
from hubbub.client import Chat, ClassicMessage, Offline, Online

LOOK_MILLISECONDS = 50
SHOWN_FIRST = 50


class Talk:
    """The chat, in its own thread. `news` holds what the window is to do."""

    def __init__(self, window: "Window", address: str, name: str) -> None:
        self.news: queue.SimpleQueue[partial[None]] = queue.SimpleQueue()
        self._window, self._name = window, name
        self._runner = asyncio.Runner()
        self._loop = self._runner.get_loop()
        self._task = self._loop.create_task(self._run(address))
        ended = asyncio.wait([self._task])
        self._thread = threading.Thread(target=self._loop.run_until_complete, args=(ended,))
        self._thread.start()

    async def _run(self, address: str) -> None:
        try:
            with suppress(asyncio.CancelledError):  # the window was closed
                async with hubbub.connect(address, name=self._name) as self._chat:
                    self.news.put(partial(self._window.enter))
                    await self._listen(self._chat)
        except HubbubError as error:
            self.news.put(partial(self._window.leave, str(error)))

    async def _listen(self, chat: Chat) -> None:
        last = None
        async for event in chat:
            if isinstance(event, Room) and last is None:
                with suppress(Unreachable):  # then the room comes again, and this is asked again
                    last = (page := await chat.history(event.room, limit=SHOWN_FIRST)).last
                    for message in page.messages:
                        self.news.put(partial(self._window.take, message))
            elif not isinstance(event, Message) or event.seq > (last or 0):
                self.news.put(partial(self._window.take, event))

    def say(self, text: str) -> None:
        """Say something; without a connection, as soon as there is one again."""
        asyncio.run_coroutine_threadsafe(self._say(text), self._loop)

    async def _say(self, text: str) -> None:
        try:
            if await self._chat.say(text) is None:  # a tutorial's server does not send it back
                self.news.put(partial(self._window.add, self._name, text))
        except HubbubError as error:
            self.news.put(partial(self._window.give_back, text, str(error)))

    def close(self) -> None:
        self._loop.call_soon_threadsafe(self._task.cancel)
        self._thread.join()  # until the goodbye is said
        self._runner.close()


class Window:
    """One entry, first for the name, then for what is said; below it a sentence how it stands."""

    def __init__(self, address: str, name: str) -> None:
        self.root = tk.Tk(className="hubbub")
        self.root.title("hubbub")
        self.root.protocol("WM_DELETE_WINDOW", self.close)
        self._address = address
        self._talk: Talk | None = None
        self._name, self._text = tk.StringVar(value=name), tk.StringVar()
        self._status = tk.StringVar(value="Your name, and Enter:")
        self._log = tk.Text(self.root, wrap="word", state="disabled", width=60, height=20, padx=8)
        self._log.tag_configure("name", font="TkHeadingFont")
        self._entry = ttk.Entry(self.root, textvariable=self._name)
        self._entry.bind("<Return>", self._enter_pressed)
        status = ttk.Label(self.root, textvariable=self._status, wraplength=480)
        status.pack(side="bottom", fill="x", padx=8)
        self._entry.pack(side="bottom", fill="x", padx=8)
        self._log.pack(fill="both", expand=True)
        self._entry.focus()
        self._look()

    def _look(self) -> None:
        while self._talk is not None and not self._talk.news.empty():
            self._talk.news.get()()
        self.root.after(LOOK_MILLISECONDS, self._look)

    def _enter_pressed(self, _event: object = None) -> None:
        if self._talk is None:
            self._status.set("Connecting …")
            self._entry.configure(state="disabled")
            self._talk = Talk(self, self._address, self._name.get())
        elif text := self._text.get():
            self._text.set("")
            self._talk.say(text)

    def enter(self) -> None:
        self._entry.configure(textvariable=self._text, state="normal")

    def leave(self, sentence: str) -> None:
        """Say why the chat is refused or over; another name may do."""
        self._status.set(sentence)
        self._entry.configure(textvariable=self._name, state="normal")
        if self._talk is not None:
            self._talk.close()
        self._talk = None

    def take(self, event: object) -> None:
        match event:
            case Message(sender=sender, text=text, at=at):
                time = datetime.fromtimestamp(at / 1000, UTC).astimezone()
                self.add(f"{time:%H:%M} {sender}", text)
            case ClassicMessage(sender=sender, text=text):
                self.add(sender, text)
            case Online(address=address):
                self._status.set(f"You are at {address}.")
            case Offline(reason=reason):
                self._status.set(f"No connection: {reason}. What you say is sent when it is back.")

    def add(self, label: str, text: str) -> None:
        at_end = self._log.yview()[1] == 1.0
        self._log.configure(state="normal")
        self._log.insert("end", f"{label}  ", "name", f"{text}\n")
        self._log.configure(state="disabled")
        if at_end:
            self._log.see("end")

    def give_back(self, text: str, sentence: str) -> None:
        self._status.set(sentence)
        self._text.set(self._text.get() or text)

    def close(self) -> None:
        if self._talk is not None:
            self._talk.close()
        self.root.destroy()


if __name__ == "__main__":
    Window(*(*sys.argv[1:], "", "")[:2]).root.mainloop()
