"""Other people's formats in, articles out."""
