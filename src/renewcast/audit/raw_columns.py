"""A company's own table as it lies there: for what staging leaves behind, its unmapped columns and the order of its rows."""


def raw_columns(project, table: str, wanted):
    """Read some columns of a raw table, in the order of its rows.

    Parameters
    ----------
    project : renewcast.Project
    table : str
        Canonical name.
    wanted : callable
        Says of a raw column's name whether it is read.

    Returns
    -------
    pandas.DataFrame or None
        None where the source is no single list of Parquet or CSV files: databases promise no order, selects have none.
    """
    import pandas as pd
    import pyarrow.parquet as pq

    from renewcast.sources._origins import find_origin

    section = project.params.sources[table]
    if section.files is None:
        return None
    parts = []
    for path in find_origin(section, f"sources.{table}", project.directory).files:
        if path.suffix in (".parquet", ".pq"):
            names = [name for name in pq.read_schema(path).names if wanted(name)]
            parts.append(pd.read_parquet(path, columns=names))
        else:
            written = {"sep": section.csv.delimiter, "encoding": section.csv.encoding} if section.csv else {}
            parts.append(pd.read_csv(path, dtype=str, usecols=lambda name: bool(wanted(name)), **written))
    return pd.concat(parts, ignore_index=True)
