"""The component's entry where the plugin is a selector."""

import plugin  # noqa: F401 - it registers itself
from strowger import registered
from wit_world import exports
from wit_world.exports.describe import Description, Kind

_PLUGIN = registered("selector")


class Describe(exports.Describe):
    def describe(self):
        return Description(Kind.SELECTOR, _PLUGIN.summary, _PLUGIN.capabilities, _PLUGIN.parameters)
