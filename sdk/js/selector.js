// Selectors: the steps of a routing chain.

import * as call from "strowger:plugin/call@0.1.0";
import * as explain from "strowger:plugin/explain@0.1.0";
import * as request from "strowger:plugin/request@0.1.0";
import * as rows from "strowger:plugin/rows@0.1.0";
import { describing, guarded } from "./common.js";

export { call, explain, request, rows };
export * from "./common.js";

/**
 * A plugin of one selector. `prepare(parameters, pool)` does once what need not be done for every call and answers a function that
 * answers one call: from the rows that come in to those that go on, in order; or to `{ rows, adjustments }`.
 */
export function selector(plugin) {
  class Step {
    constructor(choose) {
      this.choose = choose;
    }
    static prepare(parameters, pool) {
      return guarded(() => new Step(plugin.prepare(JSON.parse(parameters), pool)));
    }
    select(rows) {
      return guarded(() => {
        const chosen = this.choose(Array.from(rows));
        return Array.isArray(chosen) ? { rows: chosen, adjustments: [] } : { adjustments: [], ...chosen };
      });
    }
  }
  return { describe: describing("selector", plugin), selector: { Step } };
}
