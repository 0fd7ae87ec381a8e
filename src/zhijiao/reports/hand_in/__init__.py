"""Figures owed as a workbook: out with what is known, in with what was written, and a reporter's own workbook read by name."""
