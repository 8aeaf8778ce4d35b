import type { Description, Plugin } from "./common";
export * from "./common";

export type Status = "queued" | "sent" | "delivered" | "undelivered" | "failed";

/** A message to be sent. */
export interface OutboundMessage {
  messageSid: string;
  accountSid: string;
  applicationSid?: string;
  from: string;
  to: string;
  text?: string;
  /** URLs. */
  media: string[];
  /** Where the provider shall tell what became of it, where the host can be reached from outside. */
  statusUrl?: string;
  /** Unix seconds. */
  time: bigint;
}

/** An HTTP request of the provider. */
export interface ProviderRequest {
  method: string;
  /** As the provider called it, query included. */
  url: string;
  /** Names in lower case. */
  headers: [string, string][];
  body: Uint8Array;
  /** Unix seconds. */
  time: bigint;
  /** The first header of that name. */
  header(name: string): string | undefined;
  text(): string;
  json(): any;
}

/** Made by the functions below. */
export type Outcome = { tag: "accepted" | "refused"; val: unknown };
export type Incident = { tag: "message" | "delivery"; val: unknown };
export type Reply = { status: number; headers: [string, string][]; body: Uint8Array };

type Awaitable<T> = T | Promise<T>;

export interface MessageProviderPlugin<P> extends Description {
  /** A refusal of the provider is an outcome; what is thrown is this plugin's own failure. */
  send(message: OutboundMessage, parameters: P): Awaitable<Outcome>;
  /** Reads a request of the provider. One that is not the provider's (a wrong signature) is to be refused: `throw failed(…)`. */
  receive(request: ProviderRequest, parameters: P): Awaitable<Incident[] | { incidents: Incident[]; reply?: Reply }>;
}

export function messageProvider<P = any>(plugin: MessageProviderPlugin<P>): Plugin;

export function accepted(told?: { providerId?: string; status?: Status; response?: unknown }): Outcome;
export function refused(
  reason: string,
  told?: { code?: string; httpStatus?: number; retryAfter?: number; response?: unknown },
): Outcome;
export function message(told: {
  providerId?: string;
  from: string;
  to: string;
  text?: string;
  media?: string[];
  document?: unknown;
}): Incident;
export function delivery(providerId: string, status: Status, told?: { code?: string; reason?: string }): Incident;
export function reply(status?: number, told?: { headers?: { [name: string]: string }; body?: string | Uint8Array }): Reply;
