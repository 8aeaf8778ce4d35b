import type { Description, Plugin } from "./common";
export * from "./common";

/** A carrier as a row of the pool. `document` is the whole of it as JSON, without secrets. */
export interface Carrier {
  id: string;
  name: string;
  weightCost: number;
  flags: string[];
  rules: string[];
  cidRules: string[];
  document: string;
}

/** A change to carriers for this call only. What is left out stays as it is. */
export interface Adjustment {
  rows: number[];
  dialled?: string;
  prefix?: string;
  suffix?: string;
  emergency?: boolean;
  weight?: number;
  variant?: string;
}

export interface Selection {
  rows: Rows;
  adjustments?: Adjustment[];
}

/** Rows of the pool. */
export type Rows = Uint32Array | number[];

/** Answers one call: the rows that go on, in the order in which they shall be tried. */
export type Choose = (rows: Uint32Array) => Rows | Selection;

export interface SelectorPlugin<P> extends Description {
  /** Does once what need not be done for every call. A carrier's row is its index in the pool. */
  prepare(parameters: P, pool: Carrier[]): Choose;
}

/** The rows for which `isPreferred(row)` holds first; the order is kept otherwise. Sorting costs more fuel. */
export function prefer(rows: Rows, isPreferred: (row: number) => boolean): Uint32Array;

export function selector<P = any>(plugin: SelectorPlugin<P>): Plugin;

/** The call to be routed. */
export const call: { number(): string; cidNumber(): string | undefined; time(): bigint };
/** Fields of the call's request by their documented names. */
export const request: {
  field(name: string): string | undefined;
  text(name: string): string | undefined;
  texts(name: string): string[] | undefined;
};
/** Columns: entry `i` of each belongs together. */
export interface Hits { rows: Uint32Array; lengths: Uint32Array; values: Float64Array }
/** The account's selector rows, joined to the pool. */
export const rows: {
  present(name: string): Uint32Array;
  exact(name: string, key: string): Hits;
  prefixes(name: string, number: string): Hits;
  matching(name: string, text: string): Hits;
  selectors(name: string, row: number): string[];
  values(name: string): Hits;
};
/** Reasons for a decision, shown in its trace. */
export const explain: { tracing(): boolean; reason(row: number, text: string): void };
