"""What was measured and how it scores: tallies, metrics, scores, ranking, the close of a month, trace."""
