"""How facts come in: uploads, reading, mapping, checks, batches, evidence. Knows file formats; the rooms below do not."""
