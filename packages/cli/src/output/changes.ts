/** Renders what an import or an audit entry changed as a diff. */
import type { EstateChange } from '@gatehouse/contracts/environment-administration';
import type { Output } from './output.ts';
import { cut, shown } from './text.ts';

const marks = { create: ['green', '+'], update: ['yellow', '~'], delete: ['red', '-'] } as const;
const maxValueColumns = 60;

type Changed = Pick<EstateChange, 'action' | 'entity' | 'id' | 'contactCenterId' | 'changes'>;

export function renderChanges(changes: readonly Changed[], output: Output): string {
  return changes.map((change) => render(change, output)).join('');
}

function render({ action, entity, id, contactCenterId, changes }: Changed, output: Output): string {
  const [colour, mark] = marks[action as keyof typeof marks] ?? ['gray', '?'];
  const owner = contactCenterId === undefined || contactCenterId === id ? '' : ` of ${contactCenterId}`;
  const head = output.paint(colour, `${mark} ${entity} ${shown(id)}${owner}`);
  return `${head}\n${detailsOf(changes)}`;
}

export function detailsOf(changes: Changed['changes']): string {
  return Object.entries(changes)
    .map(([field, { from, to }]) => `    ${shown(field)}: ${sides(from, to)}\n`)
    .join('');
}

function sides(from: unknown, to: unknown): string {
  if (from === undefined) return side(to);
  if (to === undefined) return `${side(from)} (removed)`;
  return `${side(from)} → ${side(to)}`;
}

function side(value: unknown): string {
  return cut(shown(typeof value === 'string' ? value : JSON.stringify(value)), maxValueColumns);
}
