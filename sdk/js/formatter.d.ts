import type { Description, Plugin } from "./common";
export * from "./common";

export type Direction = "inbound" | "outbound";
export type Fields = { [name: string]: any };

export interface FormatterPlugin<P> extends Description {
  /** Does once what need not be done for every request. */
  prepare(formatters: P): (direction: Direction, fields: Fields) => Fields;
}

export function formatter<P = any>(plugin: FormatterPlugin<P>): Plugin;

/** Fields of the call's request by their documented names. */
export const request: {
  field(name: string): string | undefined;
  text(name: string): string | undefined;
  texts(name: string): string[] | undefined;
};
