/** Finds the tests of an attack by their title; in a title of `it.each` the values of its table stand for any text. */
import type { Attack } from './attacks.ts';

const placeholder = /%[sdifjoO#%]|\$\{?[\w.#]+\}?/g;

/** For the option `-t` of the test runner. */
export function patternOf(attacks: readonly Attack[]): string {
  return [...new Set(attacks.map(({ title }) => `(${source(title)}$)`))].join('|');
}

export function isTestOf({ title }: Attack, shown: string): boolean {
  return new RegExp(`^${source(title)}$`, 's').test(shown);
}

function source(title: string): string {
  return title
    .split(placeholder)
    .map((text) => text.replace(/[.*+?^${}()|[\]\\/]/g, '\\$&'))
    .join('[^]*');
}
