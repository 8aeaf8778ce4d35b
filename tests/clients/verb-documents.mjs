// Writes applications, good and bad ones, as lines of JSON: {"application": …, "fault": null or what the published validator says}.
// Arguments: how many, and the seed.
import { createRequire } from "node:module";

const require = createRequire(import.meta.url);
const { specs, validate } = require("@jambonz/verb-specifications");
const [count, seed] = process.argv.slice(2).map(Number);
const logger = { info() {}, debug() {} };

// Mulberry32: the same documents for the same seed.
let state = seed >>> 0;
function random() {
  state = (state + 0x6d2b79f5) >>> 0;
  let t = Math.imul(state ^ (state >>> 15), 1 | state);
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
  return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
}
const pick = (list) => list[Math.floor(random() * list.length)];
const chance = (odds) => random() < odds;

const VERBS = [
  "alert", "answer", "conference", "config", "dequeue", "dial", "dialogflow", "dtmf", "dub", "enqueue", "gather", "hangup", "leave", "lex",
  "listen", "llm", "message", "pause", "pipeline", "play", "rasa", "redirect", "rest:dial", "say", "sip:decline", "sip:refer",
  "sip:request", "tag", "transcribe",
];
const ALIASES = ["stream", "s2s", "openai_s2s", "google_s2s", "ultravox_s2s"];

// What the published validator cannot judge: references that lead nowhere or stand in a list of types.
const isOdd = (spec) =>
  (typeof spec === "string" && spec.includes("|") && spec.includes("#")) ||
  (Array.isArray(spec) && !specs[spec[0].slice(1)]);

// Options of vendors are passed on as they are, whatever the published validator knows of them.
const isPassedOn = (name) => /Options$/.test(name) && !["listenOptions", "recordOptions", "transcribeOptions"].includes(name);

const VALUES = {
  string: () => pick(["a", "héllo", "", "1"]),
  number: () => pick([0, 1, -3, 2.5, 1e6]),
  boolean: () => chance(0.5),
  object: () => pick([{}, { any: 1 }, [], null]),
  array: () => pick([[], ["a"], [1, null]]),
};

function wrong() {
  return pick(["x", 7, true, {}, [], null]);
}

function value(spec, depth) {
  if (Array.isArray(spec)) return Array.from({ length: Math.floor(random() * 3) }, () => part(spec[0].slice(1), depth));
  if (typeof spec === "object") return spec.enum ? pick(spec.enum) : VALUES[spec.type]();
  if (spec.startsWith("#")) return isPassedOn(spec.slice(1)) ? {} : part(spec.slice(1), depth);
  return VALUES[pick(spec.split("|")).trim()]();
}

// Parts of a wrong type are left out: the published validator reads the letters of a text as properties.
function broken(spec) {
  if (Array.isArray(spec)) return [];
  if (typeof spec === "object") return pick(["nothing of the kind", 7, true]);
  return spec.startsWith("#") ? null : wrong();
}

function part(name, depth) {
  const { properties, required = [] } = specs[name];
  const object = {};
  for (const [property, spec] of Object.entries(properties)) {
    if (isOdd(spec)) continue;
    const isRequired = required.includes(property);
    if (isRequired ? chance(0.97) : depth > 0 && chance(0.25)) {
      object[property] = chance(0.03) && !(typeof spec === "string" && isPassedOn(spec.slice(1))) ? broken(spec) : value(spec, depth - 1);
    }
  }
  if (chance(0.02)) object[pick(["unheard", "verbs", "_"])] = 1;
  return object;
}

function item() {
  const name = chance(0.01) ? "paws" : chance(0.1) ? pick(ALIASES) : pick(VERBS);
  const spec = specs[name] ? name : name === "stream" ? "listen" : "llm";
  const properties = part(spec, 3);
  return chance(0.5) ? { [name]: properties } : { verb: name, ...properties };
}

for (let made = 0; made < count; made += 1) {
  const application = Array.from({ length: 1 + Math.floor(random() * 3) }, item);
  let fault = null;
  try {
    validate(logger, application);
  } catch (error) {
    fault = error.message;
  }
  console.log(JSON.stringify({ application, fault }));
}
