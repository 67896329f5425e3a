/** Reads colours that are chosen from a palette or typed: the browser sends both, and the one that was changed counts. */
import { colorPattern } from '@gatehouse/contracts/environment-api';
import { type Typed, textAt } from './inputs.ts';

/** A palette always has a colour. */
export const paletteColor = (value: string): string =>
  colorPattern.test(value.toLowerCase()) ? value.toLowerCase() : '#000000';

/** A typed colour counts before one of the palette. */
export function withColors(typed: Typed): Typed {
  const chosen = Object.keys(typed).flatMap((name) => {
    const [, path] = /^(.*)\.palette$/.exec(name) ?? [];
    if (path === undefined) return [];
    const before = textAt(typed, `${path}.before`);
    const palette = textAt(typed, name);
    const isChosen = textAt(typed, path) === before && palette !== paletteColor(before);
    return isChosen ? [[path, palette] as const] : [];
  });
  return { ...typed, ...Object.fromEntries(chosen) };
}
