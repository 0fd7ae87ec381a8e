"""Who gets which seat: from a plan, choices and rules to a result with lines, reasons and a digest (docs/algorithms/matching.md)."""

ENGINE = "zhijiao-matching/1"
"""What decides, and the version of its meaning: it rises when the same input may give another result."""
