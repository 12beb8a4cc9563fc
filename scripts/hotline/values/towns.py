"""The townships of a county, by their names in the location of an order."""

from __future__ import annotations

from hotline.values.registry import Registry


class Towns:
    """Finds the township that a location names."""

    def __init__(self, registry: Registry) -> None:
        towns = [(u.id, u.label) for u in registry.units.values() if u.group == "township"]
        # Longer names first, so that none hides in another.
        self._towns = sorted(towns, key=lambda pair: (-len(pair[1]), pair[0]))
        self.names = dict(self._towns)

    def of(self, location: str) -> str:
        """The township that a location names; '' where it names none."""
        return next((unit for unit, name in self._towns if name in location), "")
