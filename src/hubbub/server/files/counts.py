"""What became of files since the server started, for the metrics."""


class Counts:
    """Plain numbers that grow."""

    def __init__(self) -> None:
        self.uploads = 0
        """Files that came whole."""
        self.received_bytes = 0
        self.previews = 0
        """Pictures that got a smaller one."""
        self.cleaned = 0
        """Files out of which something was taken."""
        self.unwritten = 0
        """Times that the disk did not take what came."""
        self.unshared = 0
        """Times that the place which nodes have in common did not take a file, or give one."""
        self.not_looked_at = 0
        """Files that could not be looked at: that took too long, or ended the process."""
