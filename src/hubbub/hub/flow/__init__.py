"""From drafts to what members receive: batches, fan-out, and what passes."""
