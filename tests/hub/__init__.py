"""Tests of the hub: plain calls, no sockets, no clock."""
