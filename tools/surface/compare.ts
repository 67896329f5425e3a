/** Compares two descriptions: what somebody may rely on at the earlier one and not at the later one. */
import { type Fields, holderOf } from './fields.ts';
import type { Things } from './pages.ts';
import type { Surface } from './surface.ts';

export interface Loss {
  /** What is concerned, from the whole to the part. */
  names: string[];
  /** What happened to it. */
  what: string;
}

/** What others give to Gatehouse may become more; what they take from it may not become less. */
type Direction = 'given' | 'taken';

const directions = {
  commands: 'given',
  values: 'given',
  configuration: 'given',
  settings: 'given',
  events: 'taken',
  auditFormat: 'taken',
  metrics: 'taken',
} as const satisfies Partial<Record<keyof Surface, Direction>>;

export function losses(before: Surface, now: Surface): Loss[] {
  const ofThings = Object.entries(directions).flatMap(([section, direction]) => {
    const name = section as keyof typeof directions;
    return lostThings(before[name], now[name], direction);
  });
  return [...lostOperations(before, now), ...ofThings];
}

function lostOperations(before: Surface, now: Surface): Loss[] {
  return Object.entries(before.operations).flatMap(([name, operation]) => {
    const next = now.operations[name];
    if (next === undefined) return [{ names: [name], what: 'is removed' }];
    const answers = (Object.keys(operation) as (keyof typeof operation)[]).filter(
      (part) => part !== 'request',
    );
    const fieldsOf = (surface: Surface, shape = '') => surface.shapes[shape] ?? {};
    return [
      ...compared(fieldsOf(before, operation.request), fieldsOf(now, next.request), 'given'),
      ...answers.flatMap((answer) =>
        next[answer] === undefined
          ? [{ names: [answer], what: 'is removed' }]
          : compared(fieldsOf(before, operation[answer]), fieldsOf(now, next[answer]), 'taken'),
      ),
    ].map(within(name));
  });
}

function lostThings(before: Things, now: Things, direction: Direction): Loss[] {
  return Object.entries(before).flatMap(([name, fields]) => {
    const next = now[name];
    if (next === undefined) return [{ names: [name], what: 'is removed' }];
    return compared(fields, next, direction).map(within(name));
  });
}

const within = (name: string) => (loss: Loss) => ({ ...loss, names: [name, ...loss.names] });

function compared(before: Fields, now: Fields, direction: Direction): Loss[] {
  const kept = Object.entries(before).flatMap(([path, kind]) => {
    const what = whatOf(kind, now[path], direction);
    if (what === undefined || isGoneWithHolder(path, before, now)) return [];
    if (path !== '') return [{ names: [path], what }];
    return [{ names: [], what: now[path] === undefined ? 'has no body any more' : what }];
  });
  // A new field that must be given breaks those who gave what it belongs to.
  const demanded = Object.entries(now).filter(
    ([path, kind]) => before[path] === undefined && readKind(kind).isRequired && isHeld(path, before),
  );
  return direction === 'taken'
    ? kept
    : [...kept, ...demanded.map(([path]) => ({ names: [path], what: 'is required' }))];
}

function isGoneWithHolder(path: string, before: Fields, now: Fields): boolean {
  const holder = holderOf(path);
  return holder !== undefined && before[holder] !== undefined && now[holder] === undefined;
}

/** The whole is always there. */
function isHeld(path: string, fields: Fields): boolean {
  const holder = holderOf(path) || undefined;
  return holder === undefined || fields[holder] !== undefined;
}

function whatOf(kind: string, next: string | undefined, direction: Direction): string | undefined {
  if (next === undefined) return 'is removed';
  const [earlier, later] = [readKind(kind), readKind(next)];
  if (direction === 'given') {
    const refused = beyond(earlier.kinds, later.kinds);
    if (refused.length > 0) return `no longer takes ${refused.join(' | ')}`;
    return later.isRequired && !earlier.isRequired ? 'is required' : undefined;
  }
  // Enumerations of answers may grow: a reader passes over a value that it does not know.
  const isEnumeration = earlier.kinds.some(isText);
  const strange = beyond(later.kinds, earlier.kinds).filter((one) => !(isEnumeration && isText(one)));
  if (strange.length > 0) return `may be ${strange.join(' | ')}, which it could not`;
  return earlier.isRequired && !later.isRequired ? 'is not always there any more' : undefined;
}

function readKind(kind: string): { kinds: string[]; isRequired: boolean } {
  const isRequired = kind.startsWith('required ');
  return { isRequired, kinds: kind.replace('required ', '').split(' | ') };
}

const isText = (kind: string) => kind.startsWith('"');

/** Those of `some` that `all` do not contain. */
const beyond = (some: readonly string[], all: readonly string[]) =>
  some.filter((kind) => !all.some((other) => other === 'any' || other === kind || other === wider(kind)));

function wider(kind: string): string | undefined {
  if (isText(kind)) return 'string';
  return /^(?:integer$|-?\d)/.test(kind) ? 'number' : undefined;
}
