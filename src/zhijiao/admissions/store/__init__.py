"""The verbs' workhorses, loaded when they run: files of the exam body, sealed numbers."""
