"""psa_alerts/logic/placement.py: whose alert it is (N18 to N20 of the hostile inputs)."""

from dataclasses import dataclass

import pytest

from odoo.addons.psa_alerts.logic.event import Ref, match_key
from odoo.addons.psa_alerts.logic.placement import (
    AssetName,
    Place,
    Placed,
    SourceMap,
    find_asset,
    place,
)

COBALT, HARBOR = 10, 20
MAP = SourceMap(
    customers={"cobalt-freight": Place(COBALT, 11), "harbor-dental": Place(HARBOR)},
    assets={"cob-web1": Place(COBALT, 12, 100), "hdg-dc01": Place(HARBOR, 0, 200)},
)


def named(name):
    return Ref(name, name)


@dataclass(frozen=True)
class Row:
    name: str
    client: str
    device: str
    expected: Placed
    known: SourceMap = MAP


ROWS = [
    Row("customer and asset mapped", "cobalt-freight", "COB-WEB1", Placed(Place(COBALT, 12, 100))),
    Row("customer in another case", "Cobalt-Freight", "", Placed(Place(COBALT, 11))),
    Row("asset unknown", "cobalt-freight", "COB-NEW", Placed(Place(COBALT, 11))),
    Row("only the asset is named", "", "HDG-DC01", Placed(Place(HARBOR, 0, 200))),
    Row(
        "N18 neither",
        "", "",
        Placed(Place(), "The message names no customer and no asset"),
    ),
    Row(
        "asset named but not mapped",
        "", "NEW",
        Placed(Place(), "The message names no customer, asset 'NEW' is not mapped"),
    ),
    Row("customer not mapped", "old-mill", "", Placed(Place(), "Customer 'old-mill' is not mapped")),
    Row(
        "N19 unknown customer, known asset: no guess",
        "old-mill", "COB-WEB1",
        Placed(Place(), "Customer 'old-mill' is not mapped"),
    ),
    Row(
        "N19 unknown customer, known asset, the source allows it",
        "old-mill", "COB-WEB1",
        Placed(Place(COBALT, 12, 100), note="Customer 'old-mill' is not mapped, taken from the asset"),
        SourceMap(MAP.customers, MAP.assets, trust_asset=True),
    ),
    Row(
        "asset mapped to another customer",
        "harbor-dental", "COB-WEB1",
        Placed(Place(HARBOR), note="Asset 'COB-WEB1' is mapped to another customer and was not taken"),
    ),
    Row("source of one customer", "", "NEW", Placed(Place(30)), SourceMap({}, {}, fallback=Place(30))),
    Row(
        "source of one customer, message of another",
        "old-mill", "",
        Placed(Place(), "Customer 'old-mill' is not mapped"),
        SourceMap({}, {}, fallback=Place(30)),
    ),
]  # fmt: skip


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name)
def test_place(row):
    assert place(named(row.client), named(row.device), row.known) == row.expected


ASSETS = [
    AssetName(300, 11, frozenset({match_key("COB-ESX1"), match_key("A000300")})),
    AssetName(301, 0, frozenset({match_key("DC01")})),
    AssetName(302, 0, frozenset({match_key("DC01")})),
]


@pytest.mark.parametrize(
    ("device", "asset", "site", "note"),
    [
        (Ref("COB-ESX1:9100", "COB-ESX1"), 300, 11, ""),
        (Ref("a000300", "a000300"), 300, 11, ""),
        (Ref("nobody", "nobody"), 0, 0, ""),
        (Ref("DC01", "DC01"), 0, 0, "2 assets of the customer are named 'DC01'"),
        (Ref(), 0, 0, ""),
    ],
    ids=["by name without port", "by tag", "unknown", "N20 ambiguous", "none named"],
)
def test_the_customers_own_assets_are_searched_by_name(device, asset, site, note):
    found = find_asset(Placed(Place(COBALT)), device, ASSETS)
    assert found == Placed(Place(COBALT, site, asset), note=note)


def test_the_site_is_where_the_asset_stands_unless_a_person_chose_another():
    office, depot = 12, 11
    device = Ref("COB-ESX1", "COB-ESX1")
    mapped = Placed(Place(COBALT, office))
    assert find_asset(mapped, device, ASSETS).place == Place(COBALT, depot, 300)
    chosen = Placed(Place(COBALT, office), is_site_chosen=True)
    assert find_asset(chosen, device, ASSETS).place == Place(COBALT, office, 300)


def test_an_asset_already_mapped_stays():
    placed = Placed(Place(COBALT, 12, 100))
    assert find_asset(placed, Ref("COB-ESX1", "COB-ESX1"), ASSETS) == placed


def test_without_a_customer_no_asset_is_searched():
    placed = Placed(Place(), "customer 'x' is not mapped")
    assert find_asset(placed, Ref("COB-ESX1", "COB-ESX1"), ASSETS) == placed
