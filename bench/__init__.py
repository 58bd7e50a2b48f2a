"""Yardsticks: what the product costs beside the bare floor, measured side by side in one run."""
