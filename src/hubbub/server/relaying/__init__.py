"""Connections that other processes hold for the server: they read and write, and it decides."""
