"""The data standard that ships with the platform: data sets, one a file, and their code lists. Data only."""
