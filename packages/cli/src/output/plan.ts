/** Renders what documents change: each thing, and field by field what it was and what it becomes. */
import type { Plan, PlannedChange } from '@gatehouse/contracts/documents';
import { detailsOf } from './changes.ts';
import type { Output } from './output.ts';
import { shown } from './text.ts';

const marks = {
  create: ['green', '+'],
  change: ['yellow', '~'],
  delete: ['red', '-'],
  refused: ['red', '✗'],
} as const;

/** `placeOf`: the file and line of a thing that has a document. */
export function renderPlan(
  { changes, summary, isApplied }: Plan,
  placeOf: (change: PlannedChange) => string | undefined,
  output: Output,
): string {
  if (changes.length === 0) return 'Everything is as the documents say.\n';
  const { create, change, delete: removed, nothing, refused } = summary;
  const done = isApplied ? ['created', 'changed', 'deleted'] : ['to create', 'to change', 'to delete'];
  const counts = [create, change, removed].map((count, index) => `${count} ${done[index]}`);
  const parts = changes.map((one) => render(one, placeOf(one), output));
  return `${parts.join('')}${[...counts, `${nothing} as they are`, `${refused} refused`].join(', ')}.\n`;
}

function render(change: PlannedChange, place: string | undefined, output: Output): string {
  const [colour, mark] = marks[change.action];
  const { contactCenter, location, way } = change;
  const of = [contactCenter && `of ${contactCenter}`, location && `at ${location}`, way && `by ${way}`];
  const head = [mark, change.kind, change.name, ...of, place && `(${place})`].filter(Boolean).join(' ');
  const fields = change.fields.map(({ field, from, to }) => [field, { from, to }]);
  return `${output.paint(colour, shown(head))}\n${detailsOf(Object.fromEntries(fields))}${refusalOf(change)}`;
}

function refusalOf({ field, sentence, reason }: PlannedChange): string {
  const why = sentence ?? reason;
  if (why === undefined) return '';
  return `    ${shown(field === undefined ? why : `${field}: ${why}`)}\n`;
}
