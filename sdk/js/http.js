// `fetch` of call hooks and message providers, where `plugin.toml` says `capabilities = ["http"]` and the account grants the host.
//
// The engine's own `fetch` says of whatever goes wrong that it is a network error, and ends the instance where a body meets a host that is
// not granted. This one asks the host itself.

import { handle } from "wasi:http/outgoing-handler@0.2.12";
import { Fields, OutgoingBody, OutgoingRequest, RequestOptions } from "wasi:http/types@0.2.12";

// What `blockingWriteAndFlush` takes at once.
const WRITE = 4096;
const READ = 65536n;
const LONGEST_URL = 8192;
const METHODS = ["GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH"];
// A response of these has no body, and the constructor refuses one.
const BODILESS = [204, 205, 304];

const dispose = (resource) => resource[Symbol.dispose ?? Symbol.for("dispose")]();

function bytesOf(body) {
  if (body === undefined || body === null) return new Uint8Array();
  if (body instanceof Uint8Array) return body;
  if (body instanceof ArrayBuffer) return new Uint8Array(body);
  return new TextEncoder().encode(String(body));
}

function requestOf(url, method, headers) {
  const entries = [...headers].map(([name, value]) => [name, new TextEncoder().encode(value)]);
  const request = new OutgoingRequest(Fields.fromList(entries));
  request.setMethod(METHODS.includes(method) ? { tag: method.toLowerCase() } : { tag: "other", val: method });
  request.setScheme({ tag: url.protocol === "https:" ? "HTTPS" : "HTTP" });
  request.setAuthority(url.host);
  request.setPathWithQuery(url.pathname + url.search);
  return request;
}

function write(outgoing, body) {
  if (body.length > 0) {
    const stream = outgoing.write();
    // A request that is refused takes no body; why it is refused is in the response's place.
    try {
      for (let at = 0; at < body.length; at += WRITE) stream.blockingWriteAndFlush(body.subarray(at, at + WRITE));
    } catch (ended) {
      if (ended?.payload === undefined) throw ended;
    }
    dispose(stream);
  }
  OutgoingBody.finish(outgoing, undefined);
}

function read(incoming) {
  const stream = incoming.consume().stream();
  const parts = [];
  try {
    for (;;) parts.push(stream.blockingRead(READ));
  } catch (ended) {
    if (ended?.payload?.tag !== "closed") throw ended;
  }
  const whole = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  parts.reduce((at, part) => (whole.set(part, at), at + part.length), 0);
  return whole;
}

function responseOf(incoming) {
  const status = incoming.status();
  const headers = incoming.headers().entries().map(([name, value]) => [name, new TextDecoder().decode(value)]);
  const body = read(incoming);
  return new Response(BODILESS.includes(status) ? null : body, { status, headers });
}

const unwrapped = (result) => {
  if (result.tag === "err") throw Object.assign(new Error("no response"), { payload: result.val });
  return result.val;
};

// What went wrong is a word of wasi:http, such as `HTTP-request-denied`.
async function worded(url, work) {
  try {
    return await work();
  } catch (error) {
    if (error?.payload === undefined) throw error;
    const code = error.payload?.tag ?? JSON.stringify(error.payload);
    throw Object.assign(new TypeError(`fetch ${url}: ${code}`), { code, stack: "" });
  }
}

globalThis.fetch = (input, { method = "GET", headers = {}, body, timeout } = {}) => {
  const text = String(input?.url ?? input);
  // The engine takes seconds to refuse a very long one.
  if (text.length > LONGEST_URL) return Promise.reject(new TypeError(`a URL of more than ${LONGEST_URL} characters`));
  return worded(text, async () => {
    const url = new URL(text);
    const sent = new Headers(headers);
    const outgoing = requestOf(url, method.toUpperCase(), sent.entries());
    const options = new RequestOptions();
    if (timeout !== undefined) options.setFirstByteTimeout(BigInt(Math.round(timeout * 1e6)));
    const content = outgoing.body();
    const future = handle(outgoing, options);
    write(content, bytesOf(body));
    // Those that are sent together are under way together.
    await undefined;
    future.subscribe().block();
    return responseOf(unwrapped(unwrapped(future.get())));
  });
};
