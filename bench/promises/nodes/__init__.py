"""Several nodes and the NATS servers that keep their log: `python -m bench promises --nodes`."""
