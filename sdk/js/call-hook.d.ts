import type { Description, Plugin } from "./common";
export * from "./common";

export type EventKind = "session-new" | "session-redirect" | "verb-hook" | "call-status";
export type Status =
  | "trying" | "ringing" | "early-media" | "in-progress" | "completed" | "failed" | "busy" | "no-answer" | "queued";

export interface Call {
  callSid: string;
  accountSid: string;
  applicationSid?: string;
  callId: string;
  direction: "inbound" | "outbound";
  from: string;
  to: string;
  status: Status;
  sipStatus: number;
  sipReason: string;
  duration?: number;
  tag?: string;
}

export interface CallEvent {
  kind: EventKind;
  call: Call;
  /** Unix seconds. */
  time: bigint;
  /** The call's fields and those of the verb, named as the hook documents name them. */
  payload: { [name: string]: any };
  /** The hook that is called, with the plugin's own parameters. */
  hook: { url: string; [name: string]: any };
}

/** Made by the functions below. */
export type Verb = { tag: string; val?: unknown };

export interface CallHookPlugin extends Description {
  /** Answers a list of verbs, or nothing to go on with those that are left. */
  onEvent(event: CallEvent): Verb[] | undefined | void | Promise<Verb[] | undefined | void>;
}

export function callHook(plugin: CallHookPlugin): Plugin;

export function answer(): Verb;
export function pause(milliseconds: number): Verb;
export function play(
  urls: string | string[],
  options?: { loops?: number; earlyMedia?: boolean; actionHook?: { url: string } },
): Verb;
export function tag(data: object): Verb;
export function redirect(url: string): Verb;
export function hangup(headers?: { [name: string]: string }): Verb;
/** Any other verb of the documents. */
export function verb(name: string, properties: object): Verb;
