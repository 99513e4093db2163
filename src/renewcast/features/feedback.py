"""What they say: NPS, ratings, and whether they answer at all (C46, C48)."""

from renewcast.engine.portable import nearest
from renewcast.engine.rollup import Measure
from renewcast.features._definition import Family

family = Family("feedback", "Feedback", "反馈", role="context")

answers = family.count("feedback_answers", "feedback", en="feedback answers", zh="反馈答复")
nps_count = family.count("nps_answers", "feedback", where=lambda t: t.kind == "nps", en="NPS answers", zh="NPS答复")
nps_total = Measure("feedback", "sum", where=lambda t: t.kind == "nps", value=lambda t: nearest(t.score * 100.0), per=100.0)
family.share(
    "nps_mean",
    nps_total,
    nps_count,
    unit="score",
    form="mean",
    windows=(91, 182, 364),
    en="mean NPS answer (0 to 10)",
    zh="平均NPS评分（0-10）",
)
family.count(
    "detractor_answers",
    "feedback",
    where=lambda t: (t.kind == "nps") & (t.score <= 6),
    en="NPS answers of 6 or less",
    zh="NPS贬损答复",
)
family.days_since("days_since_last_feedback", "feedback", en="feedback", zh="反馈")


# Of several answers at one second the lowest wins, so the largest distance from 10; tenths, since values are whole numbers.
last_answer = Measure(
    "feedback",
    "last",
    value=lambda t: nearest((10.0 - t.score) * 10.0),
    where=lambda t: (t.kind == "nps") & t.score.between(0, 10),
)
family.combine(
    "nps_last",
    (last_answer,),
    lambda tenths: 10 - tenths / 10,
    unit="score",
    en="last NPS answer (0 to 10)",
    zh="最近一次NPS评分（0-10）",
)

family.agree(safer=("nps_last", "nps_mean"), riskier=("detractor_answers",))
family.mark(proxy=("feedback_answers", "nps_answers", "days_since_last_feedback"))
