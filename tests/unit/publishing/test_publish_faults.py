"""Never a partial list: the disk fails, or the process dies, at every single operation on files in turn."""

import errno
import os
import shutil
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest
from made_up_list import made_up_facts, made_up_rows

from renewcast import filesystem
from renewcast.errors import RenewcastError
from renewcast.publishing import current_list, publish, publish_list, published_lists, verify_list
from renewcast.publishing.lists import list_files
from renewcast.publishing.rows import as_table

TESTS = Path(__file__).parents[2]
OLD = (made_up_rows(3, seed=1), made_up_facts(run_key="old"))
NEW = (made_up_rows(3, seed=2), made_up_facts(run_key="new"))
OPERATIONS = ("open", "read", "write", "fsync", "close", "mkdir", "rename", "replace", "unlink", "rmdir", "listdir", "flock")


class Death(BaseException):
    """The process is gone: no handler of ours may repair anything."""


class FaultyDisk:
    """The os and fcntl modules as `filesystem` sees them, counting operations and failing at the k-th."""

    def __init__(self, at, *, dies):
        self.at, self.dies, self.done, self.open_files = at, dies, 0, set()

    def __getattr__(self, name):
        import fcntl

        real = getattr(os if hasattr(os, name) else fcntl, name)
        return real if name not in OPERATIONS else lambda *given: self._operate(name, real, given)

    def _operate(self, name, real, given):
        self.done += 1
        if self.done == self.at or (self.dies and self.done > self.at):
            if name == "write" and self.done == self.at:
                real(given[0], bytes(given[1])[: len(given[1]) // 2])  # half a file stays behind
            if name == "close" and not self.dies:
                self._forget(given[0])
            raise Death if self.dies else OSError(errno.ENOSPC, "No space left on device")
        if name == "close":
            return self._forget(given[0])
        result = real(*given)
        if name == "open":
            self.open_files.add(result)
        return result

    def _forget(self, handle):
        self.open_files.discard(handle)
        os.close(handle)

    def bury(self):
        """What the system does for a process that has died: close its files, and so let go of its lock."""
        for handle in list(self.open_files):
            self._forget(handle)


@pytest.fixture(scope="module")
def rendered():
    return {id(rows): publish.render(as_table(rows), about) for rows, about in (OLD, NEW)}


@pytest.fixture
def prepared(monkeypatch, rendered):
    """Render once: the content is the same each time, and only the disk is on trial here."""
    by_key = {"old": rendered[id(OLD[0])], "new": rendered[id(NEW[0])]}
    monkeypatch.setattr(publish, "render", lambda table, about, supplement=None: by_key[about.run_key])


@pytest.mark.parametrize("dies", [False, True], ids=["disk fails", "process dies"])
@pytest.mark.parametrize("start", ["nothing", "a list and what a dead run left"])
def test_a_fault_at_any_operation_leaves_the_old_list_or_the_new_one(tmp_path, monkeypatch, prepared, start, dies):
    base = tmp_path / "base"
    if start != "nothing":
        publish_list(base, *OLD)
    old = None if start == "nothing" else Path("2026-W27/r1")
    new = Path("2026-W27/r1") if start == "nothing" else Path("2026-W27/r2")
    at, finished = 0, False
    while not finished:
        at += 1
        assert at < 400, "the faults never end"
        lists = tmp_path / f"lists-{at}"
        if base.exists():
            shutil.copytree(base, lists)
        if start != "nothing":  # a staging folder and a staged pointer
            (lists / "2026-W26").mkdir()
            (lists / "2026-W26" / ".staging-r1").mkdir()
            (lists / "2026-W26" / ".staging-r1" / "risk_list.csv").write_text("half")
            (lists / ".current.json.staged").write_text("{")
        disk = FaultyDisk(at, dies=dies)
        with monkeypatch.context() as patched:
            patched.setattr(filesystem, "os", disk)
            patched.setattr(filesystem, "fcntl", disk)
            try:
                publish_list(lists, *NEW)
                finished = disk.done < at
            except (RenewcastError, Death) as failed:
                assert isinstance(failed, Death) == dies
        disk.bury()
        now = current_list(lists)
        assert (now and now.relative_to(lists)) in (old, new), f"operation {at}"
        for one in published_lists(lists):
            verify_list(one.list_dir)
        # The next run goes on without anybody's help.
        publish_list(lists, *NEW)
        assert current_list(lists).relative_to(lists) == new
        assert verify_list(lists / new)["run_key"] == "new"
        assert not list(lists.rglob("*staging*")) and not list(lists.rglob("*.staged"))
        shutil.rmtree(lists)
    assert at > 30


def test_the_old_list_stays_in_force_until_the_very_last_step(tmp_path, monkeypatch, prepared):
    publish_list(tmp_path, *OLD)
    disk = FaultyDisk(10**9, dies=False)
    replaced = []
    real = os.replace

    def watched(*given):
        replaced.append(current_list(tmp_path))
        return real(*given)

    monkeypatch.setattr(filesystem, "os", disk)
    monkeypatch.setattr(disk, "replace", watched, raising=False)
    publish_list(tmp_path, *NEW)
    assert replaced == [tmp_path / "2026-W27" / "r1"]
    assert current_list(tmp_path) == tmp_path / "2026-W27" / "r2"


def test_a_file_that_reads_back_otherwise_is_not_published(tmp_path, monkeypatch, rendered):
    for name in ("risk_list.parquet", "risk_list.csv", "risk_list.xlsx", "risk_list.html"):
        # The new rows' file among the old list's files.
        mixed = rendered[id(OLD[0])] | {name: rendered[id(NEW[0])][name]}
        monkeypatch.setattr(publish, "render", lambda table, about, supplement=None, mixed=mixed: mixed)
        with pytest.raises(RenewcastError, match=f"{name} differs from the rows"):
            publish_list(tmp_path, *OLD)
        broken = rendered[id(OLD[0])] | {name: b"\xff"}
        monkeypatch.setattr(publish, "render", lambda table, about, supplement=None, broken=broken: broken)
        with pytest.raises(RenewcastError, match=f"{name} (cannot be read back|differs)"):
            publish_list(tmp_path, *OLD)
    assert current_list(tmp_path) is None and published_lists(tmp_path) == []
    assert not list(tmp_path.rglob("*staging*"))


def test_a_lock_that_is_not_let_go_ends_in_a_sentence(tmp_path, monkeypatch):
    monkeypatch.setattr(filesystem, "LOCK_WAIT_S", 0)
    with filesystem.locked(tmp_path / ".lock"), pytest.raises(RenewcastError, match="Another run has been publishing"):
        publish_list(tmp_path, *OLD)


SCRIPT = textwrap.dedent("""
    import datetime as dt, os, signal, sys
    from pathlib import Path
    sys.path.insert(0, sys.argv[1])
    from made_up_list import made_up_facts, made_up_rows
    from renewcast import filesystem
    from renewcast.publishing import publish_list

    kill_at = int(sys.argv[4])
    if kill_at:
        done, real = 0, filesystem.os.write
        class Killing:
            def __getattr__(self, name):
                return getattr(os, name)
            def write(self, handle, content):
                global done
                done += 1
                if done == kill_at:
                    real(handle, bytes(content)[:100])
                    os.kill(os.getpid(), signal.SIGKILL)
                return real(handle, content)
        filesystem.os = Killing()
    as_of = dt.date.fromisoformat(sys.argv[3])
    year, week, _ = as_of.isocalendar()
    facts = made_up_facts(as_of=as_of, week=f"{year}-W{week:02d}")
    print("ready", flush=True)
    sys.stdin.readline()
    print(publish_list(Path(sys.argv[2]), made_up_rows(as_of=as_of), facts).status)
""")


def start(lists, as_of="2026-06-29", kill_at=0):
    return subprocess.Popen(
        [sys.executable, "-c", SCRIPT, str(TESTS), str(lists), as_of, str(kill_at)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def race(*processes):
    for process in processes:
        assert process.stdout.readline() == "ready\n"
    for process in processes:
        process.stdin.write("go\n")
        process.stdin.flush()
    return sorted(process.communicate(timeout=120)[0].strip() for process in processes)


def test_two_runs_of_one_week_publish_once(tmp_path):
    assert race(start(tmp_path), start(tmp_path)) == ["published", "unchanged"]
    assert [one.list_dir.name for one in published_lists(tmp_path)] == ["r1"]
    verify_list(current_list(tmp_path))


def test_two_runs_of_different_weeks_both_publish_and_the_newest_week_is_in_force(tmp_path):
    assert race(start(tmp_path), start(tmp_path, "2026-06-22")) == ["published", "published"]
    assert current_list(tmp_path) == tmp_path / "2026-W27" / "r1"


def test_two_processes_write_the_same_bytes(tmp_path):
    assert race(start(tmp_path / "a"), start(tmp_path / "b")) == ["published", "published"]
    first, second = (tmp_path / part / "2026-W27" / "r1" for part in "ab")
    for name in list_files(first):
        assert (first / name).read_bytes() == (second / name).read_bytes(), name


@pytest.mark.parametrize("killed", ["first file", "last file", "pointer"])
def test_a_killed_process_needs_no_cleaning_up(tmp_path, killed):
    files = len(publish.render(as_table(made_up_rows()), made_up_facts()))
    # The files are written first, then the manifest, then the pointer; each is one write.
    assert race(start(tmp_path, kill_at={"first file": 1, "last file": files, "pointer": files + 2}[killed])) == [""]
    assert current_list(tmp_path) is None
    published = publish_list(tmp_path, made_up_rows(), made_up_facts())
    assert published.status == ("unchanged" if killed == "pointer" else "published")
    verify_list(current_list(tmp_path))
    assert published.revision == 1
