"""The command palette, made of the table of actions."""

from functools import partial

from textual.command import DiscoveryHit, Hit, Hits, Provider

from hubbub.tui.actions import ACTIONS, Action, key_label
from hubbub.tui.screen import ChatScreen


class ActionProvider(Provider):
    """Lists the actions; one that needs more words puts its slash command into the composer."""

    def _offered(self) -> list[tuple[str, Action]]:
        screen = self.screen
        if not isinstance(screen, ChatScreen):
            return []
        return [
            (action.purpose[0].upper() + action.purpose[1:], action)
            for action in ACTIONS
            if action.purpose and not (action.events_only and screen.desk.is_classic)
        ]

    def _choose(self, action: Action) -> None:
        screen = self.screen
        assert isinstance(screen, ChatScreen)  # noqa: S101 (only there is anything offered)
        if action.usage and not action.usage.startswith("["):
            screen.composer.put(f"/{action.word} ")
        else:
            screen.act(action)

    async def discover(self) -> Hits:
        """List everything."""
        for title, action in self._offered():
            yield DiscoveryHit(title, partial(self._choose, action), help=_how(action))

    async def search(self, query: str) -> Hits:
        """List what matches."""
        matcher = self.matcher(query)
        for title, action in self._offered():
            if (score := matcher.match(f"{title} {action.word}")) > 0:
                highlighted = matcher.highlight(title)
                yield Hit(score, highlighted, partial(self._choose, action), help=_how(action))


def _how(action: Action) -> str:
    slash = f"/{action.word} {action.usage}".strip() if action.word else ""
    return "   ".join(part for part in (key_label(action.key), slash) if part)
