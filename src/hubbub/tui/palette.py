"""The command palette, made of the table of actions."""

from functools import partial

from textual.command import DiscoveryHit, Hit, Hits, Provider

from hubbub.desk.verbs import Verb
from hubbub.tui.actions import Terminal, offered
from hubbub.tui.keys import Mode, labels
from hubbub.tui.screen import ChatScreen


class ActionProvider(Provider):
    """Lists the actions; one that needs more words puts its slash command into the composer."""

    def _offered(self) -> list[tuple[str, Verb[Terminal]]]:
        screen = self.screen
        if not isinstance(screen, ChatScreen):
            return []
        actions = offered(screen.desk)
        return [(one.purpose[0].upper() + one.purpose[1:], one) for one in actions]

    def _choose(self, action: Verb[Terminal]) -> None:
        screen = self.screen
        assert isinstance(screen, ChatScreen)
        if action.needs_argument:
            screen.composer.put(f"/{action.word} ")
        else:
            screen.orders.do(action)

    async def discover(self) -> Hits:
        """List everything."""
        for title, action in self._offered():
            yield DiscoveryHit(title, partial(self._choose, action), help=self._how(action))

    async def search(self, query: str) -> Hits:
        """List what matches."""
        matcher = self.matcher(query)
        for title, action in self._offered():
            if (score := matcher.match(f"{title} {action.word}")) > 0:
                highlighted = matcher.highlight(title)
                yield Hit(score, highlighted, partial(self._choose, action), help=self._how(action))

    def _how(self, action: Verb[Terminal]) -> str:
        screen = self.screen
        assert isinstance(screen, ChatScreen)
        return "   ".join(
            part for part in (labels(action.name, screen.keys[Mode.ANY]), action.slash) if part
        )
