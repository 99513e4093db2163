"""The relationship: contacts, executives met, willingness as the CSM sees it (C12, C89)."""

from renewcast.engine.rollup import Measure
from renewcast.features._definition import Family

family = Family("relationship", "Relationship", "客户关系")

contacts = family.count("touchpoints", "touchpoints", en="contacts with the customer", zh="客户接触")
family.trend("touchpoints", contacts, en="contacts with the customer", zh="客户接触")
EXECUTIVE = ("executive_meeting", "business_review")
family.count(
    "executive_meetings", "touchpoints", where=lambda t: t.kind.isin(EXECUTIVE), en="meetings with executives", zh="高管会议"
)
family.days_since("days_since_last_touchpoint", "touchpoints", en="contact", zh="接触")
family.days_since(
    "days_since_executive_meeting",
    "touchpoints",
    where=lambda t: t.kind.isin(EXECUTIVE),
    en="meeting with an executive",
    zh="高管会议",
)
judged = Measure("touchpoints", "sum", where=lambda t: t.willingness.notnull())
willingness = Measure("touchpoints", "sum", value=lambda t: t.willingness.fill_null(0))
family.share(
    "willingness_mean",
    willingness,
    judged,
    unit="score",
    form="mean",
    windows=(91, 182, 364),
    en="mean willingness (-2 to 2)",
    zh="平均意愿（-2至2）",
)
family.count(
    "unwilling_notes", "touchpoints", where=lambda t: t.willingness < 0, en="contacts with low willingness", zh="低意愿接触"
)


# Of several judgements at one second the lowest wins, so the largest distance from 2.
last_judgement = Measure("touchpoints", "last", value=lambda t: 2 - t.willingness, where=lambda t: t.willingness.between(-2, 2))
family.combine(
    "willingness_last",
    (last_judgement,),
    lambda distance: 2 - distance,
    unit="score",
    en="last judgement of willingness (-2 to 2)",
    zh="最近一次意愿评估（-2至2）",
)

family.agree(safer=("willingness_last", "willingness_mean"), riskier=("unwilling_notes",))
# We meet those in trouble more often: contacts count our worry. What we think of their will is no handle on it.
family.mark(context=("willingness_mean", "willingness_last", "unwilling_notes"), proxy=("touchpoints", "touchpoints_trend"))
family.reads(good=("executive_meetings",), bad=("days_since_executive_meeting",))
