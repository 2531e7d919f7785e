"""The page on the person's own machine: served here, and carried to a chatroom's server.

A browser gives notifications, service workers and the clipboard only to pages from this machine or
from https. So `hubbub open` serves the page at http://127.0.0.1:PORT/, and carries what the page
says over a connection of its own. Only the person who started it may use it: see `guard.py`.
"""
