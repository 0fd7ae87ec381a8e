"""Reports: lists as workbooks, the board as one workbook, the progress brief as a document."""
