"""Pages: what stands on them (pure arrangement) and their routes."""
