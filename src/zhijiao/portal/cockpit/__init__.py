"""Pages of the head of office and of those who report to it: overview, indicators, tasks."""
