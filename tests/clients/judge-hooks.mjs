// Prints, as a JSON list, what the published packages find wrong with webhooks. The argument is a file of
// {"secret": …, "requests": [{"schema": …, "signature": …, "body": …}]}.
import { readFileSync, readdirSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

const require = createRequire(import.meta.url);
const Ajv = require("ajv/dist/2020");
const { WebhookResponse } = require("@jambonz/sdk/webhook");

const callbacks = join(dirname(require.resolve("@jambonz/schema")), "callbacks");
const ajv = new Ajv({ allErrors: true, strict: false });
for (const file of readdirSync(callbacks)) ajv.addSchema(JSON.parse(readFileSync(join(callbacks, file), "utf8")));

const { secret, requests } = JSON.parse(readFileSync(process.argv[2], "utf8"));
const verify = WebhookResponse.verifySignature(secret);
const faults = [];

// Over the bytes as they came, and over what a server makes of them that parses bodies first.
for (const { schema, signature, body } of requests) {
  for (const read of [body, JSON.parse(body)]) {
    verify({ headers: { "jambonz-signature": signature }, body: read }, {}, (error) => {
      if (error) faults.push(`${schema}: ${error.message}: ${body}`);
    });
  }
  const validate = ajv.getSchema(`https://jambonz.org/schema/callbacks/${schema}`);
  if (!validate(JSON.parse(body))) {
    faults.push(...validate.errors.map(({ instancePath, message }) => `${schema}: ${instancePath} ${message}: ${body}`));
  }
}
console.log(JSON.stringify(faults));
