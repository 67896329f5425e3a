/** Shows what changed in an object: for each field the value before and after, as audit entries and imports tell them. */
export interface ShownChange {
  field: string;
  /** Undefined: there was no value. */
  from: string | undefined;
  /** Undefined: the value is taken away. */
  to: string | undefined;
}

/** Longer values are cut: a page is read, and a certificate is compared elsewhere. */
const maxValueLength = 600;

/** `partials/changes` shows them. */
export function shownChanges(
  changes: Readonly<Record<string, { from?: unknown; to?: unknown }>>,
): ShownChange[] {
  return Object.entries(changes).map(([field, { from, to }]) => ({
    field,
    from: shown(from),
    to: shown(to),
  }));
}

function shown(value: unknown): string | undefined {
  if (value === undefined || value === null) return undefined;
  const text = typeof value === 'string' ? value : JSON.stringify(value, undefined, 1);
  return text.length > maxValueLength ? `${text.slice(0, maxValueLength)} …` : text;
}
