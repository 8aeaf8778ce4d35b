// What every kind of plugin shares.

import { log as write } from "strowger:plugin/log@0.1.0";
import * as numbers from "strowger:plugin/numbers@0.1.0";
import { RegexSet } from "strowger:plugin/regex@0.1.0";

export { numbers, RegexSet };

/** A line for the account's plugin log. */
export function log(level, message) {
  write(level, String(message));
}

const line = (level) => (...parts) => log(level, parts.map(shown).join(" "));
const shown = (part) => (typeof part === "string" ? part : (JSON.stringify(part) ?? String(part)));
globalThis.console = {
  trace: line("trace"), debug: line("debug"), log: line("info"), info: line("info"), warn: line("warn"), error: line("error"),
};

// What is thrown across the wall is the payload of an Error (componentize-js).
class Refusal extends Error {
  constructor(message, payload) {
    super(message);
    this.payload = payload;
  }
}

/** The configuration cannot be used: which parameter (a dotted path), which schema keyword, and what it wants. To be thrown. */
export function badParameter(path, rule, message) {
  return new Refusal(message, { tag: "bad-parameter", val: { path, rule, message } });
}

/** This call cannot be answered, and why. To be thrown. */
export function failed(reason) {
  return new Refusal(reason, { tag: "failed", val: reason });
}

// Anything else that is thrown is told with the place where it was; thrown on it would be a trap without words.
// `check` sees what was answered, whether at once or later.
export function guarded(work, check = (answer) => answer) {
  try {
    const answer = work();
    return typeof answer?.then === "function" ? answer.then(check).catch(refuse) : check(answer);
  } catch (error) {
    refuse(error);
  }
}

/** Refuses an answer that the contract has no place for. */
export function expected(name, wanted, answer) {
  throw failed(`${name} answers ${wanted}; this one answered ${shown(answer)}`);
}

function refuse(error) {
  if (error instanceof Refusal) throw error;
  throw failed(`${words(error)}${place(error)}`);
}

// What a service of the host refuses is in the payload.
function words(error) {
  if (error?.payload === undefined) return String(error);
  const plain = (_, value) => (typeof value === "bigint" ? Number(value) : value);
  return `the host refuses: ${JSON.stringify(error.payload, plain)}`;
}

// The innermost function of the bundle; the glue around it is nobody's interest.
function place(error) {
  const frames = String(error?.stack ?? "").split("\n");
  const frame = frames.find((entry) => entry && !entry.includes("initializer.js"));
  const name = frame?.split("@")[0].split("/")[0];
  return name ? ` in ${name}` : "";
}

/** The interface `describe`, of a plugin that has these functions. */
export function describing(kind, plugin, ...functions) {
  const { summary, parameters, capabilities = [] } = plugin;
  const lacks = (what) => {
    throw new TypeError(`a ${kind} has ${what}`);
  };
  if (typeof summary !== "string") lacks("`summary`, a line of text");
  if (typeof parameters !== "object" || parameters === null) lacks("`parameters`, a JSON Schema");
  functions.filter((name) => typeof plugin[name] !== "function").forEach((name) => lacks(`a function \`${name}\``));
  const description = { kind, summary, capabilities, parameters: JSON.stringify(parameters) };
  return { describe: () => description };
}
