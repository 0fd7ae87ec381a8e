"""The plain kind of worksheet, read from its XML by compiled loops (docs/algorithms/intake.md).

Plain: rows and cells that name their places in order, texts without entities, numbers as programs write them. Single cells
that are otherwise are left to the caller, each kind once; a sheet that is otherwise is refused, for another reader to take.
"""
