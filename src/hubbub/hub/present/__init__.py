"""Who is here: people, their sessions, rooms and members; names that are kept for somebody."""
