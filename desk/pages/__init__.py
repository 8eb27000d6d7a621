"""What the pages of the desk show, ready for their templates: numbers in words, links, charts with their tables."""
