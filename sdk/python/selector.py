"""The exported interface `selector`; its resource is looked for in a module of its name."""

import json

from strowger import expected, guarded, registered
from wit_world.exports.selector import Selection
from wit_world.exports.selector import Step as Contract


class Step(Contract):
    @classmethod
    def prepare(cls, parameters, pool):
        step = cls()
        step.plugin = guarded(lambda: registered("selector").plugin(json.loads(parameters), pool))
        return step

    def select(self, rows):
        return guarded(lambda: _selection(self.plugin.select(rows)))


def _selection(chosen):
    if isinstance(chosen, Selection):
        return chosen
    rows = list(chosen) if hasattr(chosen, "__iter__") else None
    is_rows = rows is not None and all(isinstance(row, int) and row >= 0 for row in rows)
    return Selection(rows, []) if is_rows else expected("select", "rows, or a Selection", chosen)
