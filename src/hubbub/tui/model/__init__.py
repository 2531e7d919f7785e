"""What the terminal client knows, apart from how it looks: rooms, their logs, what is unread.

Knows no Textual and no Rich: tests drive it by plain calls, and the widgets only draw it.
"""
