"""Tasks, office work and inspection at the desk."""
