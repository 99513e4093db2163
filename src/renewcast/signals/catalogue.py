"""All signals, in the order in which the requirements name them."""

from renewcast.signals.adoption import looking_without_doing, module_gap
from renewcast.signals.breadth import licences_unused, seats_full, shrinking_departments
from renewcast.signals.growth import module_not_held, promoter
from renewcast.signals.key_user_left import key_user_left
from renewcast.signals.late_payment import late_payment
from renewcast.signals.milestones import first_value_late, milestone_overdue, outcome_missing
from renewcast.signals.quota import quota_burn, quota_unused
from renewcast.signals.relationship import executive_not_met, low_willingness
from renewcast.signals.support_pain import support_pain
from renewcast.signals.usage_drop import usage_drop, usage_drop_raw

SIGNALS = (
    usage_drop,
    usage_drop_raw,
    key_user_left,
    module_gap,
    looking_without_doing,
    quota_unused,
    shrinking_departments,
    licences_unused,
    milestone_overdue,
    outcome_missing,
    first_value_late,
    support_pain,
    late_payment,
    executive_not_met,
    low_willingness,
    quota_burn,
    seats_full,
    module_not_held,
    promoter,
)
BY_NAME = {one.name: one for one in SIGNALS}
