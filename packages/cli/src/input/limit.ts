/** Reads how many rows a command asks for. */
import { InvalidArgumentError } from 'commander';

export function parseLimit(text: string): number {
  const limit = Number(text);
  if (Number.isInteger(limit) && limit > 0) return limit;
  throw new InvalidArgumentError('It must be a whole number above 0.');
}
