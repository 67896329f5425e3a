/** Builds the pages of export and import. */
import { consolePath } from '@gatehouse/contracts/auth-api';
import type { EstateChange, ImportResult } from '@gatehouse/contracts/environment-administration';
import { entityOf } from '../audit/words.ts';
import { type ShownChange, shownChanges } from '../shell/changes.ts';
import type { ConsolePage, FormPage } from '../shell/pages.ts';
import type { Form } from '../shell/parts.ts';
import type { Problem } from '../shell/problem.ts';
import type { ConsoleVisit } from '../shell/shell.ts';

export const transferPath = `${consolePath}/transfer`;

/** A page is read by a person; how many more there are is said. */
const maxShown = 200;

export interface TransferPage extends ConsolePage {
  parts: { title: string; text: string; links: { label: string; href: string; isDownload: boolean }[] }[];
}

export interface PreviewPage extends ConsolePage {
  summary: string;
  groups: {
    kind: 'create' | 'update' | 'delete';
    kindWord: string;
    entity: string;
    id: string;
    changes: ShownChange[];
  }[];
  more: string | undefined;
  keptSecrets: { title: string; list: string[] } | undefined;
  form: Form;
}

export function transferPage({ text }: ConsoleVisit): TransferPage {
  const download = (format: 'yaml' | 'json') => ({
    label: text(`console.transfer.export.${format}`),
    href: `${transferPath}/export.${format}`,
    isDownload: true,
  });
  return {
    title: text('console.transfer.title'),
    lead: text('console.transfer.lead'),
    parts: [
      {
        title: text('console.transfer.export'),
        text: text('console.transfer.export.text'),
        links: [download('yaml'), download('json')],
      },
      {
        title: text('console.transfer.import'),
        text: text('console.transfer.import.text'),
        links: [
          { label: text('console.transfer.import.begin'), href: `${transferPath}/import`, isDownload: false },
        ],
      },
    ],
  };
}

export function importPage({ text }: ConsoleVisit, document: string): FormPage {
  return {
    title: text('console.transfer.import'),
    lead: text('console.transfer.import.lead'),
    breadcrumbs: [{ label: text('console.transfer.title'), href: transferPath }],
    form: {
      action: `${transferPath}/preview`,
      isMultipart: true,
      sections: [
        {
          fields: [
            {
              name: 'document',
              label: text('console.transfer.document'),
              hint: text('console.transfer.document.hint'),
              kind: 'textarea',
              value: document,
              rows: 18,
              isCode: true,
            },
            {
              name: 'documentFile',
              label: text('console.transfer.file'),
              hint: text('console.transfer.file.hint'),
              kind: 'file',
            },
          ],
        },
      ],
      submit: text('console.transfer.preview'),
      cancel: transferPath,
    },
  };
}

/** The API names the place in the document, which has one field here. */
export function besideDocument(problem: Problem): Problem {
  const [first] = Object.entries(problem.fields);
  return first ? { ...problem, fields: { document: `${first[0]}: ${first[1]}` } } : problem;
}

export function previewPage(
  visit: ConsoleVisit,
  { changes, keptSecrets }: ImportResult,
  document: string,
  etag: string,
  isAgain = false,
): PreviewPage {
  const { text } = visit;
  const count = changes.length;
  return {
    title: text('console.transfer.preview.title'),
    breadcrumbs: [{ label: text('console.transfer.title'), href: transferPath }],
    message: isAgain
      ? {
          kind: 'danger',
          title: text('console.transfer.again.title'),
          text: text('console.transfer.again.text'),
        }
      : undefined,
    summary: text('console.transfer.count', {
      count,
      created: countOf(changes, 'create'),
      updated: countOf(changes, 'update'),
      deleted: countOf(changes, 'delete'),
    }),
    groups: changes.slice(0, maxShown).map((change) => groupOf(visit, change)),
    more: count > maxShown ? text('console.transfer.more', { count: count - maxShown }) : undefined,
    keptSecrets:
      keptSecrets.length === 0
        ? undefined
        : { title: text('console.transfer.keptSecrets'), list: keptSecrets },
    form: {
      action: `${transferPath}/import`,
      hidden: { document, etag },
      sections: [],
      submit: text('console.transfer.import.now'),
      cancel: `${transferPath}/import`,
      isDangerous: changes.some(({ action }) => action === 'delete'),
    },
  };
}

const countOf = (changes: readonly EstateChange[], kind: string) =>
  changes.filter(({ action }) => action === kind).length;

function groupOf(visit: ConsoleVisit, { action, entity, id, changes }: EstateChange) {
  const kind = action === 'create' || action === 'delete' ? action : 'update';
  return {
    kind,
    kindWord: visit.text(`console.changes.${kind}`),
    entity: entityOf(visit, entity),
    id,
    changes: shownChanges(changes),
  } as const;
}
