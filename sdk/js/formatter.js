// Formatters: what rewrites the fields of a request or of a carrier's endpoint.

import * as request from "strowger:plugin/request@0.1.0";
import { describing, expected, guarded } from "./common.js";

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
      return guarded(() => {
        const rewrite = plugin.prepare(JSON.parse(formatters));
        return typeof rewrite === "function" ? new Rewriter(rewrite) : expected("prepare", "a function that rewrites fields", rewrite);
      });
    }
    apply(direction, fields) {
      return guarded(() => {
        const rewritten = this.rewrite(direction, JSON.parse(fields));
        const isFields = typeof rewritten === "object" && rewritten !== null;
        return JSON.stringify(isFields ? rewritten : expected("the function of prepare", "the fields", rewritten));
      });
    }
  }
  return { describe: describing("formatter", plugin, "prepare"), formatter: { Rewriter } };
}
