"""Machines that decide: pure, without domain words, each usable alone."""
