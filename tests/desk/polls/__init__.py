"""Everything that can befall a poll, row by row, against the running sandbox."""
