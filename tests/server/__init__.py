"""Tests of the server: real sockets, a real SQLite file."""
