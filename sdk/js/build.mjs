// node build.mjs SOURCE SDK-MODULE WIT WORLD OUTPUT: bundles a plugin with the SDK and makes a component of it.

import { writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { componentize } from "@bytecodealliance/componentize-js";
import { build } from "esbuild";

const [source, sdk, wit, world, output] = process.argv.slice(2);

// The contract is exported by name; the author exports one value.
const entry = `
  import plugin from ${JSON.stringify(source)};
  export const { describe, selector, formatter, callHook } = plugin;
`;

async function bundled() {
  const result = await build({
    stdin: { contents: entry, resolveDir: ".", sourcefile: "entry.js" },
    alias: { strowger: sdk, "strowger/kv": join(dirname(sdk), "kv.js") },
    bundle: true,
    charset: "utf8",
    external: ["strowger:plugin/*"],
    format: "esm",
    logLevel: "warning",
    target: "es2022",
    write: false,
  });
  return result.outputFiles[0].text;
}

// Without these the component imports nothing of WASI: the contract is all it has.
const disableFeatures = ["random", "stdio", "clocks", "http", "fetch-event"];

try {
  const { component } = await componentize(await bundled(), { witPath: wit, worldName: world, disableFeatures });
  await writeFile(output, component);
} catch (error) {
  if (!error.errors) console.error(error.message ?? error);
  process.exitCode = 1;
}
