"""Added marks for those who answer for candidates: the list, one claim with its papers and decision, the notices."""
