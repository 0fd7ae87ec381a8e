"""The bureaus' pages of an allocation: rounds and runs, one run, its lines, notice and objections."""
