/** Defines the kinds of security events by the categories and types of ECS, and what the catalogue says of each event. */

/** The subject of an event (ECS event.category) and the kind of change (event.type). */
export interface EventKind {
  category: readonly string[];
  type: readonly string[];
}

export interface CatalogueEntry {
  /** Completes "is written when …". */
  when: string;
  kind: EventKind;
  /** Members of `fields` and their meaning. */
  fields?: Readonly<Record<string, string>>;
}

/** Of a person, the client whose token it was stands beside it as `actorClient`. */
export const actor = 'who did it: the operator account, a client id, or the `sub` of a person';

export const start: EventKind = { category: ['authentication', 'session'], type: ['start'] };
export const end: EventKind = { category: ['authentication', 'session'], type: ['end'] };
export const token: EventKind = { category: ['authentication'], type: ['info'] };
export const denied: EventKind = { category: ['authentication'], type: ['denied'] };
export const user: EventKind = { category: ['iam'], type: ['user', 'change'] };
export const administered = (type: 'creation' | 'change' | 'deletion'): EventKind => ({
  category: ['configuration', 'iam'],
  type: [type],
});
