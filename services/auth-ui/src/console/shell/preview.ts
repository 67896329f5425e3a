/** Shows the changes of an import before they are made, each with its values before and after. */
import { type ShownChange, shownChanges } from './changes.ts';
import { type ConsolePage, consoleView } from './pages.ts';
import type { Form } from './parts.ts';
import type { ConsoleVisit } from './shell.ts';

export interface PreviewPage extends ConsolePage {
  summary: string;
  groups: {
    kind: 'create' | 'update' | 'delete';
    kindWord: string;
    entity: string;
    name: string;
    /** Where it is not the name. */
    id: string | undefined;
    changes: ShownChange[];
  }[];
  more: string | undefined;
  keptSecrets?: { title: string; list: string[] } | undefined;
  warnings?: { title: string; list: string[] } | undefined;
  form: Form;
}

export const previewView = consoleView<PreviewPage>('preview');

/** A page is read by a person; how many more there are is said. */
const maxShown = 200;

interface Previewed {
  action: string;
  /** In words. */
  entity: string;
  /** As audit entries name it. */
  of: string;
  id: string;
  /** As people call it; absent: the id is the name. */
  name?: string | undefined;
  changes: Readonly<Record<string, { from?: unknown; to?: unknown }>>;
}

/** `isAgain`: something else than the person has agreed to would be done by now. */
export function previewedChanges(
  visit: ConsoleVisit,
  changes: readonly Previewed[],
  isAgain: boolean,
  known: Parameters<typeof shownChanges>[3] = new Map(),
): Pick<PreviewPage, 'title' | 'message' | 'groups' | 'more'> {
  const { text } = visit;
  const rest = changes.length - maxShown;
  return {
    title: text('console.transfer.preview.title'),
    message: isAgain
      ? {
          kind: 'danger',
          title: text('console.transfer.again.title'),
          text: text('console.transfer.again.text'),
        }
      : undefined,
    groups: changes.slice(0, maxShown).map(({ action, entity, of, id, name = id, changes: fields }) => {
      const kind = action === 'create' || action === 'delete' ? action : 'update';
      return {
        kind,
        kindWord: text(`console.changes.${kind}`),
        entity,
        name,
        id: name === id ? undefined : id,
        changes: shownChanges(visit, of, fields, known),
      };
    }),
    more: rest > 0 ? text('console.transfer.more', { count: rest }) : undefined,
  };
}
