"""Of two hundred companies in which nothing is wrong, at most two may raise a suspicion."""

import os

from zoo.clean import alarms

COMPANIES = 200 if os.environ.get("RENEWCAST_DEEP") == "1" else 1


def test_at_most_one_in_a_hundred_clean_companies_is_suspected(tmp_path):
    alarmed = {}
    for seed in range(COMPANIES):
        directory = tmp_path / str(seed)
        (directory / "raw").mkdir(parents=True)
        facts, findings = alarms(directory, seed)
        assert facts["probes"] > 500
        if findings:
            alarmed[seed] = findings
    assert len(alarmed) <= COMPANIES // 100, alarmed
