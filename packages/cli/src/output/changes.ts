/** Renders what an import or an audit entry changed as a diff. */
import type { EstateChange } from '@gatehouse/contracts/environment-administration';
import type { Output } from './output.ts';
import { cut, shown } from './text.ts';

const marks = { create: ['green', '+'], update: ['yellow', '~'], delete: ['red', '-'] } as const;
const maxValueColumns = 60;

type Changed = Pick<EstateChange, 'action' | 'entity' | 'id' | 'contactCenterId' | 'changes'> & {
  name?: string | undefined;
  contactCenterName?: string | undefined;
};

export function renderChanges(changes: readonly Changed[], output: Output): string {
  return changes.map((change) => render(change, output)).join('');
}

function render({ action, entity, id, name, changes, ...of }: Changed, output: Output): string {
  const [colour, mark] = marks[action as keyof typeof marks] ?? ['gray', '?'];
  const { contactCenterId, contactCenterName } = of;
  const owner =
    contactCenterId === undefined || contactCenterId === id
      ? ''
      : ` of ${called(contactCenterId, contactCenterName)}`;
  const head = output.paint(colour, `${mark} ${entity} ${called(id, name)}${owner}`);
  return `${head}\n${detailsOf(changes)}`;
}

/** The id stays beside the name: commands take it. */
const called = (id: string, name: string | undefined) =>
  shown(name === undefined || name === id ? id : `"${name}" (${id})`);

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
