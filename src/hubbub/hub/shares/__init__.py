"""What one person or address may use up in a day."""
