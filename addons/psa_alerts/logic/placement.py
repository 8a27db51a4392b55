"""Whose alert is it? From the names a message uses to customer, site and asset, without ever guessing across
customers (decisions behind N18 to N21 of the hostile inputs)."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from .event import Ref, match_key


@dataclass(frozen=True, slots=True)
class Place:
    """Record ids (0 = none) that a mapping of the source stands for."""

    partner_id: int = 0
    site_id: int = 0
    asset_id: int = 0


@dataclass(frozen=True, slots=True)
class AssetName:
    """An asset of the customer and the names by which a message may mean it, as `match_key` gives them."""

    asset_id: int
    site_id: int
    names: frozenset[str]


@dataclass(frozen=True, slots=True)
class SourceMap:
    """What a source knows: its mappings by `match_key` of the outside name, and its owner's decisions.

    `fallback` is the customer of all messages that name none; `trust_asset` allows an asset's mapping to name
    the customer although the message names one that is not mapped.
    """

    customers: Mapping[str, Place]
    assets: Mapping[str, Place]
    fallback: Place = Place()
    trust_asset: bool = False


@dataclass(frozen=True, slots=True)
class Placed:
    """The customer, or why there is none; `note` explains an asset that was not found or not taken.

    `is_site_chosen`: a person named the site, which then beats that of the asset.
    """

    place: Place
    triage_reason: str = ""
    note: str = ""
    is_site_chosen: bool = False


def place(client: Ref, device: Ref, known: SourceMap) -> Placed:
    """Customer, site and asset by the mappings of the source alone."""
    by_asset = _lookup(device, known.assets)
    if client:
        return _place_named(client, device, _lookup(client, known.customers), by_asset, known)
    if by_asset is not None:
        return Placed(by_asset)
    if known.fallback.partner_id:
        return Placed(known.fallback)
    if device:
        return Placed(Place(), f"The message names no customer, asset {_said(device)} is not mapped")
    return Placed(Place(), "The message names no customer and no asset")


def _place_named(
    client: Ref, device: Ref, by_name: Place | None, by_asset: Place | None, known: SourceMap
) -> Placed:
    if by_name is None:
        if by_asset is not None and known.trust_asset:
            return Placed(by_asset, note=f"Customer {_said(client)} is not mapped, taken from the asset")
        return Placed(Place(), f"Customer {_said(client)} is not mapped")
    if by_asset is None:
        return Placed(by_name)
    if by_asset.partner_id != by_name.partner_id:
        return Placed(by_name, note=f"Asset {_said(device)} is mapped to another customer and was not taken")
    return Placed(Place(by_name.partner_id, by_asset.site_id or by_name.site_id, by_asset.asset_id))


def find_asset(placed: Placed, device: Ref, assets: Sequence[AssetName]) -> Placed:
    """`placed` with the asset of that customer which bears the name the message uses, if exactly one does.

    `assets` are those of the customer only. The site is where the asset stands, unless a person chose another.
    """
    if placed.place.asset_id or not placed.place.partner_id or not device:
        return placed
    wanted = {match_key(name) for name in (device.id, device.name) if name}
    found = [asset for asset in assets if asset.names & wanted]
    if len(found) == 1:
        sites = (found[0].site_id, placed.place.site_id)
        site_id = next(filter(None, reversed(sites) if placed.is_site_chosen else sites), 0)
        return Placed(Place(placed.place.partner_id, site_id, found[0].asset_id), note=placed.note)
    if found:
        return Placed(placed.place, note=f"{len(found)} assets of the customer are named {_said(device)}")
    return placed


def _lookup(ref: Ref, table: Mapping[str, Place]) -> Place | None:
    for name in (ref.id, ref.name):
        if name and (found := table.get(match_key(name))):
            return found
    return None


def _said(ref: Ref) -> str:
    return repr(ref.name or ref.id)
