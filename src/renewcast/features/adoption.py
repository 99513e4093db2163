"""How broadly the account uses what it bought: modules, kinds of action, bought modules never used (C20, C26)."""

from renewcast.engine.rollup import Measure
from renewcast.features._definition import Family

family = Family("adoption", "Adoption", "功能采用")

modules = family.distinct("active_modules", "usage", "module", en="modules in use", zh="使用中的模块数")
family.trend("active_modules", modules, en="modules in use", zh="使用中的模块数")
actions = family.distinct("active_actions", "usage", "action", en="kinds of action in use", zh="使用中的操作种类")
family.trend("active_actions", actions, en="kinds of action in use", zh="使用中的操作种类")
bought = Measure("module_terms", "distinct", column="product", at="starts_on", until="ends_on")
family.combine("modules_bought", (bought,), lambda held: held, unit="count", empty="0", en="modules bought", zh="已购模块数")
used = family.distinct("bought_modules_used", "module_use", "module", en="bought modules in use", zh="使用中的已购模块数")
family.combine(
    "bought_modules_unused_91d",
    (bought, (used, 91)),
    lambda have, use: (have - use).clip(min=0),
    unit="count",
    empty="0",
    window=91,
    en="bought modules not used in 91 days",
    zh="91天内未使用的已购模块数",
)
