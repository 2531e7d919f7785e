"""What services send to webhooks, as texts for people; pure functions."""
