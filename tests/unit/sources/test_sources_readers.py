"""Real files as they come: other encodings and separators, several files, damaged ones."""

import gzip

import ibis
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from renewcast.errors import RenewcastError
from renewcast.params import CsvFormat
from renewcast.sources._origins import Origin
from renewcast.sources._readers import opened

ROWS = [{"id": "Ä1", "näme": 'say "hi", two\nlines; ok'}, {"id": "002", "näme": "Zoë"}]
TEXT = 'id,näme\nÄ1,"say ""hi"", two\nlines; ok"\n002,Zoë\n'


@pytest.fixture
def read(tmp_path):
    """Write files, read them as one raw table and return its rows."""

    def reads(contents: dict[str, bytes], **style):
        for name, content in contents.items():
            (tmp_path / name).write_bytes(content)
        files = tuple(sorted(tmp_path / name for name in contents))
        origin = Origin("sources.accounts", files=files, csv=CsvFormat(**style) if style else None)
        scratch = tmp_path / "scratch"
        scratch.mkdir()
        backend = ibis.duckdb.connect(threads=1)
        with opened(backend, origin, scratch) as table:
            return backend.to_pyarrow(table).to_pylist()

    return reads


@pytest.mark.parametrize(
    ("content", "style"),
    [
        (TEXT.encode(), {}),
        (TEXT.encode("utf-8-sig"), {}),
        (b"\xef\xbb\xbf" + TEXT.replace("id,", '"id",').encode(), {}),
        (TEXT.encode("latin-1"), {"encoding": "latin-1"}),
        (TEXT.encode("cp1252"), {"encoding": "cp1252"}),
        (TEXT.encode("utf-16"), {"encoding": "utf-16"}),
        ('id;näme\nÄ1;"say ""hi"", two\nlines; ok"\n002;Zoë'.encode(), {"delimiter": ";"}),
        (TEXT.replace(",", "\t").replace('hi""\t', 'hi"",').encode(), {"delimiter": "\t"}),
    ],
    ids=["utf-8", "bom", "bom and quoted header", "latin-1", "cp1252", "utf-16", "semicolon", "tab"],
)
def test_csv_is_read_as_it_was_written(read, content, style):
    assert read({"a.csv": content}, **style) == ROWS


def test_line_ends_of_windows_are_line_ends(read):
    assert read({"a.csv": b"id,x\r\n1,a\r\n2,b\r\n"}) == [{"id": "1", "x": "a"}, {"id": "2", "x": "b"}]


def test_gzip_is_opened(read):
    assert read({"a.csv.gz": gzip.compress(TEXT.encode())}) == ROWS


def test_gzip_in_latin_1_is_opened(read):
    assert read({"a.csv.gz": gzip.compress(TEXT.encode("latin-1"))}, encoding="latin-1") == ROWS


def test_every_csv_column_is_text_and_blank_is_null(read):
    assert read({"a.csv": b"id,n,d\n001,1.50,2024-01-01\n,,\n"}) == [
        {"id": "001", "n": "1.50", "d": "2024-01-01"},
        {"id": None, "n": None, "d": None},
    ]


def test_files_with_other_columns_are_united_by_name(read):
    assert read({"1.csv": b"id,x\n1,a\n", "2.csv": b"y,id\nb,2\n", "3.csv": b"id,x\n3,c\n"}) == [
        {"id": "1", "x": "a", "y": None},
        {"id": "3", "x": "c", "y": None},
        {"id": "2", "x": None, "y": "b"},
    ]


def parquet(table: pa.Table) -> bytes:
    sink = pa.BufferOutputStream()
    pq.write_table(table, sink)
    return sink.getvalue().to_pybytes()


def test_parquet_files_are_united_by_name(read):
    one, two = pa.table({"id": ["1"], "n": [1.5]}), pa.table({"id": ["2"], "m": [True]})
    assert read({"1.parquet": parquet(one), "2.parquet": parquet(two)}) == [
        {"id": "1", "n": 1.5, "m": None},
        {"id": "2", "n": None, "m": True},
    ]


BROKEN = {
    "0 bytes": ({"a.csv": b""}, {}, "a.csv has 0 bytes"),
    "blank": ({"a.csv": b"\n"}, {}, "a.csv has no header line"),
    "twins": ({"a.csv": b"id,x,id\n1,2,3\n"}, {}, "two columns named 'id'"),
    "wrong bytes": ({"a.csv": TEXT.encode("latin-1")}, {}, "a.csv: byte 4 is not utf-8"),
    "wrong bytes late": ({"a.csv": b"id,x\n" + b"1,a\n" * 5000 + b"2,\xe9\n"}, {}, "a.csv: byte 20007 is not utf-8"),
    "too few": ({"a.csv": b"id,x\n1,2\n3\n"}, {}, r"a.csv line 3 cannot be read"),
    "too many": ({"a.csv": b"id,x\n1,2\n3,4,5\n"}, {}, r"a.csv line 3 cannot be read"),
    "open quote": ({"a.csv": b'id,x\n1,"2\n3,4\n'}, {}, r"a.csv line 2 cannot be read"),
    "unknown encoding": ({"a.csv": b"id\n1\n"}, {"encoding": "klingon"}, "'klingon' is not known"),
    "other encoding": ({"a.csv": b"id\n\xff\n"}, {"encoding": "cp1253"}, "a.csv is not cp1253"),
    "truncated gzip": ({"a.csv.gz": gzip.compress(TEXT.encode() * 50)[:-20]}, {}, "a.csv.gz"),
    "no gzip": ({"a.csv.gz": TEXT.encode()}, {}, "a.csv.gz"),
    "truncated Parquet": ({"a.parquet": parquet(pa.table({"id": ["1"] * 1000}))[:-30]}, {}, "a.parquet"),
    "CSV named Parquet": ({"a.parquet": TEXT.encode()}, {}, "a.parquet"),
    "Parquet named CSV": ({"a.csv": parquet(pa.table({"id": ["1"]}))}, {}, "a.csv"),
    "unknown ending": ({"a.xls": b"x"}, {}, "a.xls is neither .parquet nor .csv"),
    "mixed": ({"a.csv": b"id\n1\n", "b.parquet": parquet(pa.table({"id": ["1"]}))}, {}, "neither .parquet nor .csv"),
}


@pytest.mark.parametrize("case", BROKEN)
def test_a_damaged_file_is_named_in_one_sentence(read, case):
    contents, style, words = BROKEN[case]
    with pytest.raises(RenewcastError, match=words) as refused:
        read(contents, **style)
    assert "\n" not in str(refused.value) and str(refused.value).endswith(".")


def test_a_gzip_file_cut_anywhere_is_never_read_as_a_shorter_one(read, tmp_path):
    whole = gzip.compress(b"id\n" + b"".join(b"%d\n" % number for number in range(500)))
    for length in range(1, len(whole), 37):
        (tmp_path / "scratch").rmdir() if (tmp_path / "scratch").exists() else None
        with pytest.raises(RenewcastError, match="a.csv.gz"):
            read({"a.csv.gz": whole[:length]})
        for left in (tmp_path / "scratch").iterdir():
            left.unlink()
