"""A sheet of paper: where a test writes without a screen."""

from hubbub.desk.room import Draft


class Paper:
    """Knows what stands on it, and how often the user was taken there."""

    def __init__(self) -> None:
        self.draft = Draft()
        self.begun = 0

    def put(self, draft: Draft) -> None:
        self.draft = draft

    def put_back(self, draft: Draft) -> None:
        self.put(draft)

    def begin(self) -> None:
        self.begun += 1

    def show_banner(self) -> None:
        pass

    @property
    def text(self) -> str:
        return self.draft.text

    def write(self, text: str) -> None:
        """Go on writing."""
        self.draft = Draft(self.draft.text + text)
