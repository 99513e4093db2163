"""The business review: parts that each tell one theme, one page, one workbook, Parquet tables."""
