/** Holds a value that cannot be printed by accident. */
import { inspect } from 'node:util';

const shown = '[secret]';

export class Secret {
  readonly #value: string;

  constructor(value: string) {
    this.#value = value;
  }

  /** Returns the value. Call it where the value is used, never where it is passed on. */
  reveal(): string {
    return this.#value;
  }

  toString(): string {
    return shown;
  }

  toJSON(): string {
    return shown;
  }

  [inspect.custom](): string {
    return shown;
  }
}

/**
 * While a secret is being replaced it has two lines: the first one is sent, each one is accepted. Replicas that were started
 * before and after the change then understand each other.
 */
export function linesOf(text: string): [string, ...string[]] {
  const [first = '', ...others] = text.split(/\r?\n/).filter((line) => line !== '');
  return [first, ...others];
}

/** Removes passwords from addresses: some operators write them there although separate variables exist. */
export function hidePassword(text: string): string {
  return text.replace(/(:\/\/[^\s/:@]*:)[^\s,]*@/g, '$1[secret]@');
}
