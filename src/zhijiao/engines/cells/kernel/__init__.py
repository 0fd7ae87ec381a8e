"""The inner loops of taking rows, compiled for the machine."""
