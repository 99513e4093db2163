"""What every refusal of the command line looks like."""

import json


def refused(done, *words, as_json=False) -> str:
    """One sentence on stderr, exit code 2, no traceback, nothing on stdout but the JSON object that was asked for."""
    assert done.returncode == 2, done.stderr
    assert "Traceback" not in done.stderr + done.stdout and 'File "' not in done.stderr
    said = [line for line in done.stderr.splitlines() if line.startswith("renewcast: ")]
    assert len(said) == 1 and said[0] == done.stderr.splitlines()[-1]
    for word in words:
        assert word in said[0], said[0]
    if as_json:
        assert json.loads(done.stdout) == {"error": said[0].removeprefix("renewcast: ")}
        assert len(done.stdout.splitlines()) == 1
    else:
        assert done.stdout == ""
    return said[0]
