// Formatters: what rewrites the fields of a request or of a carrier's endpoint.

import * as request from "strowger:plugin/request@0.1.0";
import { describing, guarded } from "./common.js";

export { request };
export * from "./common.js";

/**
 * A plugin of one formatter. `prepare(formatters)` answers a function `(direction, fields)` that answers the fields rewritten.
 */
export function formatter(plugin) {
  class Rewriter {
    constructor(apply) {
      this.rewrite = apply;
    }
    static prepare(formatters) {
      return guarded(() => new Rewriter(plugin.prepare(JSON.parse(formatters))));
    }
    apply(direction, fields) {
      return guarded(() => JSON.stringify(this.rewrite(direction, JSON.parse(fields))));
    }
  }
  return { describe: describing("formatter", plugin), formatter: { Rewriter } };
}
