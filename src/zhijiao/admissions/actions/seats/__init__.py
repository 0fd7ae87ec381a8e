"""Verbs about seats after the result: give up, offer again, fill by name, confirm by letter, seal by list, take up."""
