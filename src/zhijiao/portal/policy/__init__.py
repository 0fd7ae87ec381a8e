"""Pages that show the documents, clause by clause, beside what they became."""
