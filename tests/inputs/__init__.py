"""What an input may cost: in proportion to its length, whatever it is made of."""
