"""Plain files in and out (formats: docs/algorithms/matching.md). Loads polars: import it where files are read or written."""

from zhijiao.engines.matching.files.reading import read_input
from zhijiao.engines.matching.files.results import Spoiled, digest_violations, read_output
from zhijiao.engines.matching.files.writing import (
    digested,
    input_files,
    output_files,
    packed_input,
    packed_output,
    write_input,
    write_output,
)

__all__ = [
    "Spoiled",
    "digest_violations",
    "digested",
    "input_files",
    "output_files",
    "packed_input",
    "packed_output",
    "read_input",
    "read_output",
    "write_input",
    "write_output",
]
