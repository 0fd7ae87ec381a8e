"""Pages of organisations: the tree of a day, one organisation, its changes, the workbook."""
