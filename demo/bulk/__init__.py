"""Content by the million, for measuring: nobody reads it, but it is distributed as a newspaper's is."""
