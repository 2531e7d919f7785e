"""Real faults: a real `hubbub serve` that is killed, starved and flooded."""
