"""The monthly business review of one vendor: one snapshot of a closed month, arranged for the meeting, as page object and workbook."""
