/** Names keys in Redis. Keys of one thing share a hash tag, so that they are in one slot. */

export type Keyspace = ReturnType<typeof createKeyspace>;

export function createKeyspace(prefix: string) {
  return {
    prefix,
    /** `<prefix><kind>:{<id>}`. A brace in an id would move the hash tag and with it the slot. */
    key: (kind: string, id: string) => `${prefix}${kind}:{${id.replace(/[{}]/g, '_')}}`,
    /** `<prefix><name>`: a stream or channel of the whole installation. */
    name: (name: string) => `${prefix}${name}`,
  };
}
