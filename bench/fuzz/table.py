"""Everything that reads bytes of others."""

from bench.fuzz import client, files, typed, web, wire

TARGETS = (*wire.TARGETS, *client.TARGETS, *web.TARGETS, *typed.TARGETS, *files.TARGETS)
