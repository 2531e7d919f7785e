"""The user's own settings of the terminal client: what there is, their file, and `/set`.

All hold until they are changed, in `client.toml` by hand or with `/set`, which writes the same
file. Imports no Textual: the command line prints the settings, and must start fast.
"""
