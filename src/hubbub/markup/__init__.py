"""What stands in a text, however it looks: blocks, runs, links, and whom it calls."""
