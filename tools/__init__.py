"""Tools that build and check the book; none of them is needed to read it."""
