"""Metrics as data: measure definitions, their meaning in plain Python, and a compiler for DuckDB and Spark.

What loads data libraries stands in modules of their own: `compiler` and `running` (Ibis, polars), `engines` (DuckDB, Spark).
"""
