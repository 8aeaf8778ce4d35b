// Tries the carriers whose name contains a given text first, and leaves the order alone otherwise.

import { prefer, selector } from "strowger";

export default selector({
  summary: "Tries carriers of a name first",
  parameters: {
    type: "object",
    properties: { name: { type: "string", minLength: 1, maxLength: 128 } },
    required: ["name"],
    additionalProperties: false,
  },
  prepare({ name }, pool) {
    const preferred = pool.map((carrier) => carrier.name.includes(name));
    return (rows) => prefer(rows, (row) => preferred[row]);
  },
});
