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

/** Removes passwords from addresses: some operators write them there although separate variables exist. */
export function hidePassword(text: string): string {
  return text.replace(/(:\/\/[^\s/:@]*:)[^\s,]*@/g, '$1[secret]@');
}
