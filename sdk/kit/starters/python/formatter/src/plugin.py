"""Removes the leading + of one field."""

from strowger import formatter


@formatter(
    summary="Removes the leading + of one field",
    parameters={
        "type": "object",
        "properties": {"field": {"type": "string", "minLength": 1, "maxLength": 64}},
        "required": ["field"],
        "additionalProperties": False,
    },
)
class StripPlus:
    def __init__(self, formatters):
        self.field = formatters["field"]

    def apply(self, direction, fields):
        value = fields.get(self.field)
        if isinstance(value, str):
            fields[self.field] = value.removeprefix("+")
        return fields
