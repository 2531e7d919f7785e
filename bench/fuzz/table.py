"""Everything that reads bytes of others."""

from bench.fuzz import client, files, irc, secure, typed, web, wire

TARGETS = (
    *(*wire.TARGETS, *irc.TARGETS, *secure.TARGETS, *client.TARGETS),
    *(*web.TARGETS, *typed.TARGETS, *files.TARGETS),
)
