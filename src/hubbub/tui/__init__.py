"""The live terminal client: a Textual app that draws the client library's replicas.

`app` is the door, and `opening` what it is told. Imports `client` and the types of `chat` alone.
"""

THEME_NAMES = ("dark", "light", "contrast", "16")
"""What users call the themes of `themes`; here, because the command line must start fast."""
