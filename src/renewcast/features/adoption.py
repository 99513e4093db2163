"""How broadly the account uses what it bought: modules, kinds of action, bought modules never used (C20, C26)."""

from renewcast.engine.rollup import Measure
from renewcast.features._definition import Family, ProductFeature

family = Family("adoption", "Adoption", "功能采用")

modules = family.distinct("active_modules", "usage", "module", en="modules in use", zh="使用中的模块数")
family.trend("active_modules", modules, en="modules in use", zh="使用中的模块数")
actions = family.distinct("active_actions", "usage", "action", en="kinds of action in use", zh="使用中的操作种类")
family.trend("active_actions", actions, en="kinds of action in use", zh="使用中的操作种类")
bought = Measure("module_terms", "distinct", column="product", at="starts_on", until="ends_on", is_open_ended=True)
family.combine("modules_bought", (bought,), lambda held: held, unit="count", empty="0", en="modules bought", zh="已购模块数")
for days in (28, 91):
    family.product_features.append(
        ProductFeature(
            family.spec(
                f"bought_modules_unused_{days}d",
                "module_terms",
                en="modules that are bought and not used",
                zh="已购而未使用的模块数",
                window=days,
                form="share",
                path="rows",
            ),
            held="module_terms",
            measure=Measure("usage_by_module", "sum"),
            chosen=lambda uses: uses == 0,
        )
    )

family.agree(safer=("active_modules_trend", "active_actions_trend"))
family.mark(context=("modules_bought",))
family.reads(good=("active_modules", "active_actions"), bad=("bought_modules_unused",))
