"""How long the account has been with us, where it stands in its term, and who it is."""

from renewcast.features._definition import Family

family = Family("tenure", "Tenure and profile", "客龄与画像", role="context")

_ATTRIBUTES = {
    "industry": ("industry", "行业"),
    "company_size": ("company size", "公司规模"),
    "region": ("region", "地区"),
    "country": ("country", "国家"),
    "acquisition_channel": ("acquisition channel", "获客渠道"),
}


@family.rows(
    "accounts",
    [
        family.spec(
            "tenure_days",
            "accounts",
            en="days since sign-up",
            zh="注册至今天数",
            unit="days",
            empty="missing",
            form="level",
            path="rows",
            is_clockwork=True,
        )
    ],
)
def tenure(rows):
    """Count the days since the account signed up."""
    return {"tenure_days": ((rows.as_of.epoch_seconds() - rows.signed_up_at.epoch_seconds()) / 86_400).floor().min()}


def _latest(column):
    # One version of an account is visible at a time, so the largest is the only one.
    return lambda rows: {column: rows[column].max()}


for _name, (_en, _zh) in _ATTRIBUTES.items():
    family.rows(
        "accounts",
        [
            family.spec(
                _name, "accounts", en=_en, zh=_zh, unit="text", empty="missing", form="text", path="rows", is_categorical=True
            )
        ],
    )(_latest(_name))
