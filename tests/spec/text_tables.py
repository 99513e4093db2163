"""Tables written as text: one line a row, columns between bars, the first line names them, nothing means not known."""


def rows(text: str) -> list[dict]:
    """Read a table.

    Examples
    --------
    >>> rows('''
    ...   account | ends_on
    ...   A       | 2026-06-29
    ...   B       |
    ... ''')
    [{'account': 'A', 'ends_on': '2026-06-29'}, {'account': 'B', 'ends_on': None}]
    """
    lines = [line for line in text.splitlines() if line.strip() and not line.lstrip().startswith("#")]
    head, *body = [[cell.strip() for cell in line.split("|")] for line in lines]
    for cells in body:
        if len(cells) != len(head):
            raise ValueError(f"{cells} has {len(cells)} cells, the head has {len(head)}")
    return [{name: cell or None for name, cell in zip(head, cells, strict=True)} for cells in body]


def to_csv(table: list[dict]) -> str:
    """Write rows as CSV, every column that any of them has."""
    names = list(dict.fromkeys(name for row in table for name in row))
    lines = [",".join(names), *(",".join(row.get(name) or "" for name in names) for row in table)]
    return "\n".join(lines) + "\n"
