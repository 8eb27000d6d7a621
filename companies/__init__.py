"""Companies, projects and UAP services: the mirror of what Agora lists, and the operations that create."""
