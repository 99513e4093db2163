"""The columns that say why a probability moved since the last list; the five parts add up to the change."""

from renewcast.publishing.column import column


def _part(name, en, zh, meaning_en, meaning_zh):
    return column(f"change_{name}", "points", False, en, zh, meaning_en, meaning_zh)


CHANGE_COLUMNS = (
    column(
        "movement",
        "text",
        False,
        "Movement",
        "变动",
        "new (not on the last list), up, down or steady: moved only where the change is more than noise.",
        "new（上期没有）、up（上升）、down（下降）或 steady（平稳）；变化超出噪声才算变动。",
    ),
    column(
        "change_reason",
        "text",
        False,
        "Why it changed",
        "变化原因",
        "What moved the probability most since the last list, and by how many percentage points.",
        "自上期以来对概率影响最大的因素及其百分点。",
    ),
    _part(
        "behaviour",
        "Change: behaviour",
        "变化：行为",
        "Of the change since the last list, what the account did or what happened to it.",
        "自上期以来的变化中，由客户行为或客户情况引起的部分。",
    ),
    _part(
        "time",
        "Change: time",
        "变化：时间",
        "Of the change since the last list, time passing alone: the renewal came nearer, the account grew older.",
        "自上期以来的变化中，仅由时间推移引起的部分：续约临近、客龄增长。",
    ),
    _part(
        "data",
        "Change: data",
        "变化：数据",
        "Of the change since the last list, facts from before it that came late or were restated.",
        "自上期以来的变化中，由迟到或更正的旧数据引起的部分。",
    ),
    _part(
        "model",
        "Change: model",
        "变化：模型",
        "Of the change since the last list, another model.",
        "自上期以来的变化中，由更换模型引起的部分。",
    ),
    _part(
        "calibration",
        "Change: calibration",
        "变化：校准",
        "Of the change since the last list, another calibration.",
        "自上期以来的变化中，由重新校准引起的部分。",
    ),
)
