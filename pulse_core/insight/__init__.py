"""Who are they? Scores, segments, figures."""
