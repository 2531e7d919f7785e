"""What connections need, whatever is spoken over them."""
