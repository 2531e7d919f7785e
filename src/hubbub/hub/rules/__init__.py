"""Who may do what: the table of rights, bans, and what holds in rooms. Pure."""
