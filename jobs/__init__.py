"""What runs by itself: each job a name, how often, and a function; the worker loops them."""
