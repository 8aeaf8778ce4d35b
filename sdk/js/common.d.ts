/** JSON Schema (2020-12). */
export type Schema = { readonly [keyword: string]: unknown };

/** What a plugin says of itself. */
export interface Description {
  /** One line for lists. */
  summary: string;
  /** Schema of the parameters. The host validates with it before `prepare` sees them. */
  parameters: Schema;
  /** Interfaces that it can use when they are granted, such as `wasi:http/outgoing-handler`. */
  capabilities?: string[];
}

/** What a plugin file exports as its default. */
export interface Plugin {}

/**
 * An HTTP request, where `plugin.toml` says `capabilities = ["http"]` and the account grants the host; `timeout` is in milliseconds.
 * Rejects with an error whose `code` is a word of wasi:http, such as `HTTP-request-denied`, where no response comes. Redirects are not
 * followed.
 */
declare global {
  interface Response {
    readonly status: number;
    readonly ok: boolean;
    readonly headers: { get(name: string): string | null };
    text(): Promise<string>;
    json(): Promise<any>;
    arrayBuffer(): Promise<ArrayBuffer>;
  }
  function fetch(
    url: string,
    options?: { method?: string; headers?: { [name: string]: string }; body?: string | Uint8Array; timeout?: number },
  ): Promise<Response>;
  class TextEncoder {
    encode(text?: string): Uint8Array;
  }
  class TextDecoder {
    constructor(encoding?: string);
    decode(bytes?: Uint8Array): string;
  }
  class URL {
    constructor(url: string, base?: string);
    readonly href: string;
    readonly protocol: string;
    readonly host: string;
    readonly pathname: string;
    readonly search: string;
    readonly searchParams: { get(name: string): string | null };
  }
  const console: { [level in "trace" | "debug" | "log" | "info" | "warn" | "error"]: (...parts: unknown[]) => void };
}

export type Level = "trace" | "debug" | "info" | "warn" | "error";
/** A line for the account's plugin log; `console` writes there too. */
export function log(level: Level, message: string): void;

/** The configuration cannot be used: which parameter (a dotted path), which schema keyword, and what it wants. To be thrown. */
export function badParameter(path: string, rule: string, message: string): Error;
/** This call cannot be answered, and why. To be thrown. */
export function failed(reason: string): Error;

/** A set of regular expressions, compiled by the host in its linear-time engine. */
export class RegexSet {
  /** Throws `{ payload: { pattern, message } }` for the first pattern that cannot be compiled. */
  static compile(patterns: string[]): RegexSet;
  /** Indexes of all patterns that match somewhere in the text, ascending. */
  matches(text: string): Uint32Array;
  /** The first match of one pattern by groups; empty where it does not match. */
  captures(pattern: number, text: string): (string | undefined)[];
}

export type Format = "e164" | "npan" | "one-npan" | "strip-plus";
export interface Classifier { name: string; pattern: string; emergency: boolean }
/** Telephone numbers as the account's dial plan sees them. */
export const numbers: {
  convert(number: string, format: Format): string;
  classify(number: string): string;
  classifiers(): Classifier[];
};
