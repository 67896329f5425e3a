/** Drops the keys of an object whose value is undefined, so that optional properties stay absent. */
export function definedOnly<T extends object>(fields: T): DefinedOnly<T> {
  return Object.fromEntries(
    Object.entries(fields).filter(([, value]) => value !== undefined),
  ) as DefinedOnly<T>;
}

type Undefinable<T> = { [K in keyof T]-?: undefined extends T[K] ? K : never }[keyof T];

/** Properties that may be undefined become optional ones that are never undefined. */
export type DefinedOnly<T> = Omit<T, Undefinable<T>> & {
  [K in Undefinable<T>]?: Exclude<T[K], undefined>;
};
