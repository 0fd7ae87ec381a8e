"""Writers of files that people open: workbooks and documents. They know no domain and no web."""
