/** Names in Redis. Keys of one thing share a hash tag, so that they live in one slot. */

export interface Keyspace {
  readonly prefix: string;
  /** `<prefix><kind>:{<id>}`: everything about one id is in one slot. */
  key(kind: string, id: string): string;
  /** `<prefix><name>`: a stream or channel of the whole installation. */
  name(name: string): string;
}

export function createKeyspace(prefix: string): Keyspace {
  return {
    prefix,
    // A brace in an id would move the hash tag and with it the slot.
    key: (kind, id) => `${prefix}${kind}:{${id.replace(/[{}]/g, '_')}}`,
    name: (name) => `${prefix}${name}`,
  };
}
