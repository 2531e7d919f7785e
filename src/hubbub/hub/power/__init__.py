"""Acts of power over people and rooms, and their record."""
