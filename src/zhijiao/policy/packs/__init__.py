"""Packs as files: read, check, compare, write. Pure: no database, no web.

`reading` turns a folder into values with positions, `building` turns values into a typed `Pack`,
`checking` proves that its parts fit together, `coverage` and `comparing` answer questions about it.
"""
