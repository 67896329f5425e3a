/** Numbers the values of a statement whose conditions depend on what is asked. */

/** Adds a value, and returns its place in the text with its type. */
export type Bind = (value: unknown, type: string) => string;

export const binderOf =
  (values: unknown[]): Bind =>
  (value, type) =>
    `$${values.push(value)}::${type}`;
