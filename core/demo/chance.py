"""When and where people of the demo county speak up."""

from bisect import bisect
from datetime import date, datetime, timedelta
from itertools import accumulate
from random import Random

from core.blueprint.world import World
from core.demo.county import places
from core.demo.people import GRID, TOWNSHIP
from core.now import ZONE, local_day
from core.rules.calendar import Calendar, UnknownYear

_DAYS = 365
_HOURS = (2, 1, 1, 1, 1, 3, 8, 22, 60, 85, 90, 70, 40, 45, 70, 80, 75, 62, 48, 40, 34, 24, 12, 5)
"""How many speak up in each hour of the day."""


class When:
    """When people speak up: seasons come with the matters, here are weekdays and hours."""

    def __init__(self, calendar: Calendar, until: datetime) -> None:
        self.until = until
        today = local_day(until)
        self.days = [today - timedelta(days=n) for n in range(_DAYS)]
        self.weights = list(accumulate(self._weight(calendar, day) for day in self.days))
        self.hours = list(accumulate(_HOURS))

    def _weight(self, calendar: Calendar, day: date) -> float:
        try:
            works = calendar.is_working_day(day)
        except UnknownYear:
            works = day.weekday() < 5
        busy = (1.15, 1.0, 1.0, 0.95, 1.0, 0.7, 0.6)[day.weekday()] if works else 0.55
        # The heating of a county starts on 15 November, and the telephones ring.
        return busy * (1.8 if (day.month, day.day) in ((11, 15), (11, 16), (11, 17)) else 1.0)

    def draw(self, rng: Random) -> datetime:
        """One moment of the last year, aware."""
        day = self.days[bisect(self.weights, rng.random() * self.weights[-1])]
        hour = bisect(self.hours, rng.random() * self.hours[-1])
        second = int(rng.random() * 3600)
        at = datetime(day.year, day.month, day.day, hour, second // 60, second % 60, tzinfo=ZONE)
        return at if at <= self.until else at - timedelta(days=1)


class Where:
    """Where it happens: townships by size; the demo's own grid has its share."""

    def __init__(self, world: World) -> None:
        layout = places()["townships"]
        self.at = {code: township["at"] for code, township in layout.items()}
        grids: dict[str, list[str]] = {}
        for code, place in world.areas.items():
            if place.level == "grid":
                grids.setdefault(code[:9], []).append(code)
        self.grids: list[str] = []
        weights: list[float] = []
        for township, codes in grids.items():
            share = layout.get(township, {"weight": 5})["weight"] / len(codes)
            self.grids += codes
            weights += [share * (6 if code == GRID else 1) for code in codes]
        self.weights = list(accumulate(weights))

    def draw(self, rng: Random) -> str:
        """A grid."""
        return self.grids[bisect(self.weights, rng.random() * self.weights[-1])]

    def position(self, rng: Random, area: str) -> dict[str, float]:
        """A point near the middle of the area's township."""
        lat, lon = self.at.get(area[:9], self.at[TOWNSHIP])
        return {
            "lat": round(lat + (rng.random() - 0.5) * 0.04, 5),
            "lon": round(lon + (rng.random() - 0.5) * 0.05, 5),
        }
