"""When the signals of use fire: use has halved, a key user is gone, modules and licences lie idle."""

import datetime as dt

from spec.signals_example import T, company, fires, table

EIGHT_STEADY = "\n".join(f"s{number} | u | 20 20 20 20 20 20 20 20 20 20 20 20 20" for number in range(8))


def test_use_has_halved_where_half_of_the_usual_is_missing_and_chance_does_not_explain_it():
    view = company(
        usage=f"""
        account    | user | weeks
        halved     | u    | 40 40 40 40 40 40 40 40 40 40 40 40 16
        not quite  | u    | 40 40 40 40 40 40 40 40 40 40 40 40 24
        small      | u    | 2  2  2  2  2  2  2  2  2  2  2  2  0
        slope      | u    | 12 12 12 12 12 12 12 12 12 4  4  4  4
        {EIGHT_STEADY}
        """
    )
    found = fires(view, "usage_drop", "days", "seen", "expected")
    assert list(found) == ["halved", "slope"]
    assert found["halved"][:2] == (7, 16) and abs(found["halved"][2] - 40) < 1
    assert found["slope"][:2] == (28, 16) and abs(found["slope"][2] - 48) < 2


def test_the_raw_rule_knows_neither_season_nor_chance():
    view = company(
        usage="""
        account   | user | weeks
        to half   | u    | 10 5
        above     | u    | 10 6
        to none   | u    | 5 0
        too small | u    | 4 0
        """
    )
    assert fires(view, "usage_drop_raw") == ["to half", "to none"]


def test_a_week_in_which_the_whole_country_is_closed_is_nobodys_fall():
    closed, open_ = "20 " * 12 + "2", "20 " * 13
    home = {f"c{number}": "CN" for number in range(9)} | {f"s{number}": "DE" for number in range(8)} | {"lone": "DE"}
    view = company(
        accounts=table("account | country", home.items()),
        usage=table("account | weeks", [(name, open_ if name.startswith("s") else closed) for name in home]),
    )
    assert fires(view, "usage_drop") == ["lone"]
    assert len(fires(view, "usage_drop_raw")) == 10


def test_chinese_new_year_is_held_against_nobody_even_where_there_are_too_few_to_tell():
    after = dt.date(2026, 3, 2)
    usage = "account | user | weeks\nA | u | 20 20 20 20 20 20 20 20 20 20 20 2 2"
    by_country = {
        country: fires(company(accounts=f"account | country\nA | {country}", usage=usage, as_of=after), "usage_drop", as_of=after)
        for country in ("CN", "US")
    }
    assert by_country == {"CN": [], "US": ["A"]}


def test_a_key_user_by_role_or_by_use_is_missed_after_a_silence_beyond_chance():
    view = company(
        usage="""
        account   | user   | weeks
        by role   | head   | 8 8 8 8 8 8 8 8 8 8 8 0 0
        by role   | others | 20 20 20 20 20 20 20 20 20 20 20 20 20
        by use    | busy   | 12 12 12 12 12 12 12 12 12 12 12 12 0
        by use    | others | 6 6 6 6 6 6 6 6 6 6 6 6 6
        a member  | member | 4 4 4 4 4 4 4 4 4 4 4 0 0
        a member  | others | 20 20 20 20 20 20 20 20 20 20 20 20 20
        was away  | head   | 8 8 8 8 8 8 8 8 8 8 8 0 8
        rarely    | head   | 1 0 1 0 1 0 1 0 1 0 1 0 0
        """,
        users="""
        account  | user_id | role     | joined_at
        by role  | head    | key_user | 2024-01-01
        was away | head    | key_user | 2024-01-01
        rarely   | head    | key_user | 2024-01-01
        a member | member  | member   | 2024-01-01
        """,
    )
    found = fires(view, "key_user_left", "user_id", "days")
    assert found == {"by role": ("head", 20.0), "by use": ("busy", 13.0)}


def test_what_the_users_table_says_of_a_key_user_counts_at_once_and_for_ten_weeks():
    view = company(
        usage="""
        account  | user | weeks
        today    | head | 8 8 8 8 8 8 8 8 8 8 8 8 8
        told     | head | 2 2 2 2 2 2 2 2 2 2 2 2 0
        long ago | head | 8 0 0 0 0 0 0 0 0 0 0 0 0
        """,
        users="""
        account  | user_id | role     | joined_at  | left_at
        today    | head    | key_user | 2024-01-01 | 2026-06-29
        told     | head    | key_user | 2024-01-01 | 2026-06-28
        long ago | head    | key_user | 2024-01-01 | 2026-04-19
        """,
    )
    assert fires(view, "key_user_left") == ["told"]


def test_where_everybody_stops_it_is_the_account_that_goes_not_the_key_user():
    view = company(
        usage="""
        account  | user | weeks
        all stop | head | 6 6 6 6 6 6 6 6 6 6 6 6 0
        all stop | b    | 9 9 9 9 9 9 9 9 9 9 9 9 0
        all stop | c    | 9 9 9 9 9 9 9 9 9 9 9 9 0
        one does | head | 6 6 6 6 6 6 6 6 6 6 6 6 0
        one does | b    | 9 9 9 9 9 9 9 9 9 9 9 9 9
        one does | c    | 9 9 9 9 9 9 9 9 9 9 9 9 9
        """,
        users=table(
            "account | user_id | role | joined_at",
            [(name, "head", "key_user", "2024-01-01") for name in ("all stop", "one does")],
        ),
    )
    assert fires(view, "key_user_left") == ["one does"]
    assert fires(view, "usage_drop") == ["all stop"]


def test_a_bought_module_is_a_gap_below_the_lower_quartile_and_half_of_the_median():
    terms = "account | product | starts_on | ends_on"
    usage = "account | user | module | weeks"
    for number, events in enumerate((0, 1, 2, 3, 4, 5, 6, 7, 8)):
        for product in ("base", "extra"):
            terms += f"\nA{number} | {product} | 2024-01-01 | 2027-01-01"
        usage += f"\nA{number} | u | base | {10 - events} {10 - events}\nA{number} | u | extra | {events} {events}"
    terms += "\nyoung | extra | 2026-05-01 | 2027-01-01\nidle | extra | 2024-01-01 | 2027-01-01"
    view = company(contracts=terms, usage=usage + "\nyoung | u | base | 9 9")
    # A quarter of the nine stays below 2 of 10; half of the median of 4 is 2.
    found = {"A0": ("extra", 0.0), "A1": ("extra", 0.1), "A8": ("base", 0.2)}
    assert fires(view, "module_gap", "module", "share") == found


def test_looking_without_doing_is_half_of_the_usual_share_of_value_actions_with_forty_events():
    usage = "account | user | weeks | value"
    usage += "".join(f"\nA{number} | u | 20 20 | 10" for number in range(8))
    view = company(usage=usage + "\nlooks | u | 20 20 | 5\ndoes | u | 20 20 | 6\nfew | u | 13 13 | 0")
    assert fires(view, "looking_without_doing", "value", "share") == {"looks": (10.0, 0.25)}


def test_licences_lie_idle_from_day_90_to_day_180_where_three_quarters_are_unused():
    def started(days):
        return str(T - dt.timedelta(days=days))

    rows = {"day 89": (8, 89), "day 90": (8, 90), "more use": (7, 90), "day 180": (8, 180), "old": (8, 181)}
    view = company(
        contracts=table(
            "account | seats | starts_on | ends_on",
            [(name, seats, started(days), "2027-06-01") for name, (seats, days) in rows.items()],
        ),
        usage=table("account | user | weeks", [(name, user, "3 3") for name in rows for user in "ab"]),
    )
    assert fires(view, "licences_unused", "people", "unused") == {"day 180": (2, 0.75), "day 90": (2, 0.75)}


def test_departments_drop_out_where_at_most_half_of_three_or_more_are_left():
    people = [(account, f"{account}{number}", f"d{number}") for account in ("four", "three", "two") for number in range(4)]
    weeks_then = "1 " + "0 " * 24
    left = {"four": 2, "three": 2, "two": 1}
    had = {"four": 4, "three": 3, "two": 2}
    usage = "account | user | weeks"
    for account, user, department in people:
        number = int(department[1])
        if number < had[account]:
            usage += f"\n{account} | {user} | {weeks_then}{1 if number < left[account] else 0}"
    users = "account | user_id | department | joined_at\n" + "\n".join(f"{a} | {u} | {d} | 2024-01-01" for a, u, d in people)
    view = company(usage=usage, users=users)
    assert fires(view, "shrinking_departments", "then", "now", "people") == {"four": (4, 2, 2)}
