"""Pages for citizens and for programs: what the packs publish, and how to read it by HTTP."""
