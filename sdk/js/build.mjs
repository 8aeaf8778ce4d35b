// node build.mjs SOURCE SDK-MODULE WIT WORLD OUTPUT [HTTP]: bundles a plugin with the SDK and makes a component of it.

import { writeFile } from "node:fs/promises";
import { SourceMap } from "node:module";
import { basename, dirname, join } from "node:path";
import { componentize } from "@bytecodealliance/componentize-js";
import { build } from "esbuild";

const [source, sdk, wit, world, output, http] = process.argv.slice(2);
const beside = (name) => join(dirname(sdk), name);

// selector, formatter, callHook or messageProvider
const maker = basename(sdk, ".js").replace(/-./g, (dash) => dash[1].toUpperCase());

// The contract is exported by name; the author exports one value.
const entry = `
  import ${JSON.stringify(beside(http ? "http.js" : "no-http.js"))};
  import plugin from ${JSON.stringify(source)};
  if (!plugin?.describe) throw new TypeError("what it exports as its default is not made by ${maker}({…})");
  export const { describe, selector, formatter, callHook, messageProvider } = plugin;
`;

async function bundled() {
  const result = await build({
    stdin: { contents: entry, resolveDir: ".", sourcefile: "entry.js" },
    alias: { strowger: sdk, "strowger/kv": beside("kv.js") },
    bundle: true,
    charset: "utf8",
    external: ["strowger:plugin/*", "wasi:*"],
    format: "esm",
    logLevel: "warning",
    outfile: "bundle.js",
    sourcemap: "external",
    target: "es2022",
    write: false,
  });
  const [map, bundle] = result.outputFiles.map((file) => file.text);
  return { bundle, map: new SourceMap(JSON.parse(map)) };
}

// The engine's own `fetch` and servers are left out; `console` is the SDK's.
const disableFeatures = ["stdio", "http", "fetch-event"];

// What is thrown while the plugin is loaded, at its place in the sources and without the tool's own words around it.
function told(message, map) {
  const [, line, column, thrown] = message.match(/top-level script\nsource\.js:(\d+):(\d+) ([^\n]*)/) ?? [];
  if (!thrown) return message;
  const { originalSource, originalLine } = map.findEntry(line - 1, column - 1);
  const place = originalSource?.startsWith("src/") ? ` at ${originalSource}:${originalLine + 1}` : "";
  return `the plugin cannot be loaded: ${thrown}${place}`;
}

let map;
try {
  const made = await bundled();
  map = made.map;
  const { component } = await componentize(made.bundle, { witPath: wit, worldName: world, disableFeatures });
  await writeFile(output, component);
} catch (error) {
  const isMissing = error.errors?.some(({ text }) => text.startsWith("No matching export"));
  if (isMissing) console.error(`plugin.toml says that it is a ${basename(sdk, ".js")}: "strowger" has ${maker}({…}) for it`);
  if (!error.errors) console.error(told(String(error.message ?? error), map));
  process.exitCode = 1;
}
