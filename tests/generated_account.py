"""The facts of one generated account in all ten tables; see generated_company.py."""

import datetime as dt
import decimal

MICROSECOND = dt.timedelta(microseconds=1)
DAY = dt.timedelta(days=1)
PRODUCTS = ("core", "reports", "api", "Core", "mobile", "never used", None)
MODULES = ("core", "reports", "api", "mobile", "not sold", None)
USERS = ("u", "v", "w", "x", "stranger", None)
WINDOWS = (7, 14, 28, 91, 182, 364)


class AccountWriter:
    """Writes the facts of one account around one snapshot.

    Parameters
    ----------
    account : str
    as_of : datetime.datetime
        The snapshot around which times are drawn.
    random : numpy.random.Generator
    """

    def __init__(self, account: str, as_of: dt.datetime, random):
        self.account, self.as_of, self.random = account, as_of, random

    def instant(self) -> dt.datetime:
        """Draw an instant: often at the snapshot, a window's end or another snapshot, to the microsecond."""
        random = self.random
        kind = random.random()
        if kind < 0.25:
            base = self.as_of
        elif kind < 0.45:
            base = self.as_of - WINDOWS[random.integers(len(WINDOWS))] * DAY
        elif kind < 0.55:
            base = self.as_of + 7 * int(random.integers(-20, 20)) * DAY
        else:
            return self.as_of + int(random.integers(-420 * 86_400 * 10**6, 60 * 86_400 * 10**6)) * MICROSECOND
        return base + int(random.integers(-1, 2)) * MICROSECOND

    def day(self) -> dt.date:
        """Draw a day, often the snapshot's, a window's end or a grace period's."""
        random = self.random
        if random.random() < 0.4:
            return (self.as_of + int(random.choice([-1, 0, 1])) * DAY - int(random.choice([0, 7, 28, 30, 91])) * DAY).date()
        return (self.as_of + int(random.integers(-400, 200)) * DAY).date()

    def maybe(self, value, share: float = 0.2):
        """Return a value, or nothing."""
        return None if self.random.random() < share else value

    def some(self, values):
        """Draw one of some values."""
        return values[int(self.random.integers(len(values)))]

    def late(self, event: dt.datetime | None) -> dt.datetime:
        """Draw when a fact became known: at once, a microsecond or up to 90 days later."""
        if event is None:
            return self.instant()
        return event + self.some([dt.timedelta(0), dt.timedelta(0), MICROSECOND, int(self.random.integers(91)) * DAY])

    def versions(self, first: dt.datetime, contents) -> list[dict]:
        """Write one to ten versions of a row, each known later than the one before; mostly one or two."""
        random = self.random
        count = int(random.integers(1, 11)) if random.random() < 0.15 else int(random.integers(1, 3))
        known = [first]
        while len(known) < count:
            later = known[-1] + self.some([MICROSECOND, int(random.integers(1, 40)) * DAY])
            drawn = self.instant()
            known.append(drawn if random.random() < 0.3 and drawn > known[-1] else later)
        rows = []
        for place, instant in enumerate(known):
            until = known[place + 1] if place + 1 < count else None
            rows.append({"account_id": self.account, **contents(instant), "known_at": instant, "superseded_at": until})
        return rows

    def write(self, tables: dict) -> None:
        """Write the facts in all tables."""
        self._account(tables["accounts"])
        for number in range(int(self.random.integers(0, 6))):
            self._term(tables["contracts"], f"{self.account}/c{number}")
        for user in dict.fromkeys(self.some(USERS[:4]) for _ in range(4)):
            self._user(tables["users"], user)
        for number in range(int(self.random.integers(0, 18))):
            self._event(tables["usage"], number)
        for number in range(int(self.random.integers(0, 6))):
            self._ticket(tables["tickets"], f"{self.account}/t{number}")
            self._invoice(tables["invoices"], f"{self.account}/i{number}")
            self._answer(tables["feedback"])
            self._contact(tables["touchpoints"])
        for name in ("go live", "first value", "x")[: int(self.random.integers(0, 4))]:
            self._milestone(tables["milestones"], name)
        self._play(tables["plays"])

    def _account(self, rows):
        signed_up = self.as_of - int(self.random.integers(-10, 500)) * DAY + int(self.random.integers(-1, 2)) * MICROSECOND
        known = signed_up if self.random.random() < 0.7 else self.as_of - int(self.random.integers(0, 400)) * DAY

        def contents(_):
            return {
                "name": self.maybe("Acme"), "signed_up_at": signed_up, "industry": self.maybe(self.some(["tech", "law", "制造"])),
                "company_size": self.maybe(self.some(["1-50", "51+"])), "region": self.maybe(self.some(["emea", "EMEA"])),
                "country": self.maybe(self.some(["DE", "de"])),
                "acquisition_channel": self.maybe(self.some(["fair", "web"])),
                "acquisition_cost": self.maybe(decimal.Decimal("12.30")),
                "parent_account_id": None, "owner": self.maybe("o"),
            }  # fmt: skip

        rows += self.versions(known, contents)

    def _term(self, rows, contract_id):
        random = self.random
        product = self.some(PRODUCTS)

        def contents(_):
            starts = self.day()
            length = int(self.some([0, 1, 30, 90, 364, 365]))
            ends = None if random.random() < 0.15 else starts + length * DAY if random.random() < 0.7 else max(self.day(), starts)
            return {
                "contract_id": contract_id, "product": product if random.random() < 0.9 else self.some(PRODUCTS),
                "starts_on": starts, "ends_on": ends,
                "mrr": decimal.Decimal(int(random.integers(0, 99_999))) / 100, "currency": "EUR",
                "seats": self.maybe(int(random.integers(0, 50))), "quota": self.maybe(float(random.integers(0, 9_999)) / 7),
                "billing_months": self.maybe(int(random.integers(0, 13))), "auto_renews": self.maybe(bool(random.integers(2))),
                "notice_days": self.maybe(int(random.integers(0, 91))), "discount": self.maybe(float(random.random())),
            }  # fmt: skip

        rows += self.versions(self.instant(), contents)

    def _user(self, rows, user_id):
        def contents(_):
            joined = self.maybe(self.instant(), 0.1)
            left = self.maybe(self.instant(), 0.6)
            return {
                "user_id": user_id, "role": self.maybe(self.some(["key_user", "executive", "administrator", "member"])),
                "department": self.maybe(self.some(["it", "IT", "ops"])), "joined_at": joined,
                "left_at": left if left is None or joined is None or left >= joined else joined,
            }  # fmt: skip

        rows += self.versions(self.instant(), contents)

    def _event(self, rows, number):
        random = self.random
        occurred = self.instant()

        def contents(_):
            return {
                "user_id": self.some(USERS), "occurred_at": occurred, "module": self.some(MODULES),
                "action": self.maybe(self.some(["open", "save", ""])), "is_value_action": self.maybe(bool(random.integers(2))),
                "quantity": self.maybe(float(random.integers(-99, 999)) / 8),
                "duration_s": self.maybe(float(random.random() * 999)),
                "event_id": f"{self.account}/e{number}", "contract_id": None,
            }  # fmt: skip

        made = self.versions(self.late(occurred), contents)
        if len(made) == 1 and random.random() < 0.5:
            made[0]["event_id"] = None
        rows += made

    def _ticket(self, rows, ticket_id):
        opened = self.instant()

        def after():
            drawn = self.instant()
            return self.maybe(drawn if drawn > opened else opened + self.some([dt.timedelta(0), MICROSECOND, 3 * DAY]), 0.3)

        def contents(_):
            answered, resolved = after(), after()
            return {
                "ticket_id": ticket_id, "opened_at": opened, "first_response_at": answered, "resolved_at": resolved,
                "severity": self.maybe(self.some(["low", "HIGH", "urgent", "critical"])), "channel": "mail",
                "picked_up": self.maybe(bool(self.random.integers(2))),
                "first_contact_resolved": self.maybe(bool(self.random.integers(2))),
                "csat": self.maybe(float(self.random.integers(4, 21)) / 4),
            }  # fmt: skip

        rows += self.versions(self.late(opened), contents)

    def _invoice(self, rows, invoice_id):
        issued = self.day()

        def contents(_):
            return {
                "invoice_id": invoice_id, "issued_on": issued, "due_on": self.maybe(self.day()),
                "paid_on": self.maybe(self.day(), 0.4),
                "amount": self.maybe(decimal.Decimal(int(self.random.integers(-9_999, 99_999))) / 100),
            }  # fmt: skip

        rows += self.versions(self.late(dt.datetime(issued.year, issued.month, issued.day)), contents)

    def _answer(self, rows):
        occurred = self.instant()
        kind = self.maybe(self.some(["nps", "nps", "csat"]))
        score = self.maybe(float(self.random.integers(0, 41)) / 4 if kind == "nps" else float(self.random.integers(1, 6)))
        answer = {"user_id": "u", "kind": kind, "score": score, "occurred_at": occurred, "comment": None}
        known = {"known_at": self.late(occurred), "superseded_at": None}
        rows.append({"account_id": self.account, **answer, **known})
        if self.random.random() < 0.3:  # another answer at the same instant
            rows.append({"account_id": self.account, **answer, **known, "score": self.maybe(float(self.random.integers(0, 11)))})

    def _contact(self, rows):
        occurred = self.instant()
        contact = {
            "occurred_at": occurred, "kind": self.maybe(self.some(["call", "executive_meeting", "business_review"])),
            "owner": None, "willingness": self.maybe(int(self.random.integers(-2, 3))), "note": None,
        }  # fmt: skip
        rows.append({"account_id": self.account, **contact, "known_at": self.late(occurred), "superseded_at": None})

    def _milestone(self, rows, name):
        def contents(_):
            return {
                "milestone": name, "kind": self.maybe(self.some(["functional", "customer"])), "due_on": self.maybe(self.day()),
                "achieved_at": self.maybe(self.instant(), 0.4),
            }  # fmt: skip

        rows += self.versions(self.instant(), contents)

    def _play(self, rows):
        started = self.instant()
        play = {"play_id": f"{self.account}/p", "play": "call", "started_at": started, "due_on": None, "owner": None}
        finished = self.maybe(started + 3 * DAY)
        play |= {"finished_at": finished, "verdict": None if finished is None else "saved"}
        rows.append({"account_id": self.account, **play, "known_at": self.late(started), "superseded_at": None})
