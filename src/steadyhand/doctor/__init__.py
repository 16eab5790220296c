"""What is wrong with a live graph and its machine: surveys, and judgements of them."""
