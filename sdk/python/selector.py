"""The exported interface `selector`; its resource is looked for in a module of its name."""

import json

from strowger import guarded, registered
from wit_world.exports.selector import Selection
from wit_world.exports.selector import Step as Contract


class Step(Contract):
    @classmethod
    def prepare(cls, parameters, pool):
        step = cls()
        step.plugin = guarded(lambda: registered("selector").plugin(json.loads(parameters), pool))
        return step

    def select(self, rows):
        chosen = guarded(lambda: self.plugin.select(rows))
        return chosen if isinstance(chosen, Selection) else Selection(list(chosen), [])
