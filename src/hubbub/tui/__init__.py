"""The live terminal client: a Textual app that draws the client library's replicas.

`app` is the door, and `opening` what it is told. Imports `client` and the types of `chat` alone.
"""
