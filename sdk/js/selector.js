// Selectors: the steps of a routing chain.

import * as call from "strowger:plugin/call@0.1.0";
import * as explain from "strowger:plugin/explain@0.1.0";
import * as request from "strowger:plugin/request@0.1.0";
import * as rows from "strowger:plugin/rows@0.1.0";
import { describing, expected, guarded } from "./common.js";

export { call, explain, request, rows };
export * from "./common.js";

/** The rows for which `isPreferred(row)` holds first; the order is kept otherwise. Sorting costs more fuel. */
export function prefer(rows, isPreferred) {
  const ordered = new Uint32Array(rows.length);
  const others = new Uint32Array(rows.length);
  let front = 0;
  let back = 0;
  // Iterators and `from` cost a hundred times as much fuel as an index.
  for (let at = 0; at < rows.length; at++) {
    const row = rows[at];
    if (isPreferred(row)) ordered[front++] = row;
    else others[back++] = row;
  }
  ordered.set(others.subarray(0, back), front);
  return ordered;
}

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
      return guarded(() => {
        const choose = plugin.prepare(JSON.parse(parameters), pool);
        return typeof choose === "function" ? new Step(choose) : expected("prepare", "a function that chooses among rows", choose);
      });
    }
    select(rows) {
      return guarded(() => {
        const chosen = this.choose(rows);
        const isRows = Array.isArray(chosen) || ArrayBuffer.isView(chosen);
        const { rows: kept, adjustments = [] } = isRows ? { rows: chosen } : (chosen ?? {});
        if (kept === undefined) expected("the function of prepare", "rows, or { rows, adjustments }", chosen);
        return { rows: kept instanceof Uint32Array ? kept : new Uint32Array(kept), adjustments };
      });
    }
  }
  return { describe: describing("selector", plugin, "prepare"), selector: { Step } };
}
