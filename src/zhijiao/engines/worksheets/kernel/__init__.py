"""The inner loops of reading a sheet, compiled for the machine."""
