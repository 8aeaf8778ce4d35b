// Removes the leading + of one field.

import { formatter } from "strowger";

export default formatter({
  summary: "Removes the leading + of one field",
  parameters: {
    type: "object",
    properties: { field: { type: "string", minLength: 1, maxLength: 64 } },
    required: ["field"],
    additionalProperties: false,
  },
  prepare({ field }) {
    return (direction, fields) => {
      const value = fields[field];
      if (typeof value === "string" && value.startsWith("+")) fields[field] = value.slice(1);
      return fields;
    };
  },
});
