"""Tables that people bring: read from a file or from what was pasted, with columns and words that are recognised."""
