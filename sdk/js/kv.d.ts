/** All throw an object with `payload` where the key or value is refused, the grant is used up, or the store cannot be reached. */
export function get(key: string): Uint8Array | undefined;
/** Forgotten after `ttl` seconds, or never without it. */
export function set(key: string, value: Uint8Array, ttl?: number): void;
/** Whether there was one. */
declare function _delete(key: string): boolean;
export { _delete as delete };
/** Adds to a number and answers the sum. */
export function increment(key: string, by: bigint, ttl?: number): bigint;
/** Up to `limit` keys that begin with `prefix`, ascending, those behind `after` only. */
export function keys(prefix: string, after: string | undefined, limit: number): string[];
