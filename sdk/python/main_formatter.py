"""The component's entry where the plugin is a formatter."""

import plugin  # noqa: F401 - it registers itself
from strowger import registered
from wit_world import exports
from wit_world.exports.describe import Description, Kind

_PLUGIN = registered("formatter")


class Describe(exports.Describe):
    def describe(self):
        return Description(Kind.FORMATTER, _PLUGIN.summary, _PLUGIN.capabilities, _PLUGIN.parameters)
