/** Builds the pages of export and import. */
import { namesToType } from '@gatehouse/api-client/environment-api';
import { consolePath } from '@gatehouse/contracts/auth-api';
import type { EstateChange, ImportResult } from '@gatehouse/contracts/environment-administration';
import { formatsIn } from '../../texts/formats.ts';
import { saidIn } from '../../texts/said.ts';
import { entityOf } from '../audit/words.ts';
import { idsIn } from '../shell/changes.ts';
import { knownEnvironments } from '../shell/names/environments.ts';
import type { ConsolePage, FormPage } from '../shell/pages.ts';
import { type PreviewPage, previewedChanges } from '../shell/preview.ts';
import type { Problem } from '../shell/problem.ts';
import type { ConsoleVisit } from '../shell/shell.ts';
import { linesOf } from '../shell/typed.ts';

export const transferPath = `${consolePath}/transfer`;

export interface TransferPage extends ConsolePage {
  parts: { title: string; texts: string[]; links: { label: string; href: string; isDownload: boolean }[] }[];
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
        texts: [
          text('console.transfer.export.text'),
          text('console.transfer.export.lacks'),
          text('console.transfer.export.factors'),
        ],
        links: [download('yaml'), download('json')],
      },
      {
        title: text('console.transfer.import'),
        texts: [text('console.transfer.import.text')],
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
              name: 'documentFile',
              label: text('console.transfer.file'),
              hint: text('console.transfer.file.hint'),
              kind: 'file',
            },
            {
              name: 'document',
              label: text('console.transfer.document'),
              hint: text('console.transfer.document.hint'),
              kind: 'textarea',
              value: document,
              rows: 18,
              isCode: true,
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

/** A setting or a location has its name as its id; beside it stands whose it is. */
function nameOf({ entity, id, name = id, contactCenterName }: EstateChange): string {
  return contactCenterName === undefined || entity === 'contact-center'
    ? name
    : `${name} · ${contactCenterName}`;
}

export const isTyped = (names: readonly string[], typed: string): boolean =>
  linesOf(typed).toSorted().join('\n') === names.toSorted().join('\n');

/** `typed`: the names as they were sent, and wrong. */
export async function previewPage(
  visit: ConsoleVisit,
  { changes, keptSecrets, warnings }: ImportResult,
  document: string,
  etag: string,
  { isAgain = false, typed }: { isAgain?: boolean; typed?: string } = {},
): Promise<PreviewPage> {
  const { text } = visit;
  const shown = changes.map((change) => ({
    ...change,
    entity: entityOf(visit, change.entity),
    of: change.entity,
    name: nameOf(change),
  }));
  return {
    ...previewedChanges(visit, shown, isAgain, await environmentsIn(visit, changes)),
    breadcrumbs: [{ label: text('console.transfer.title'), href: transferPath }],
    summary: text('console.transfer.count', {
      count: changes.length,
      created: countOf(changes, 'create'),
      updated: countOf(changes, 'update'),
      deleted: countOf(changes, 'delete'),
    }),
    keptSecrets:
      keptSecrets.length === 0
        ? undefined
        : { title: text('console.transfer.keptSecrets'), list: keptSecrets },
    warnings:
      warnings.length === 0
        ? undefined
        : {
            title: text('console.transfer.warnings'),
            list: warnings.map((warning) => `${saidIn(visit, warning).text} (${warning.field})`),
          },
    form: {
      action: `${transferPath}/import`,
      hidden: { document, etag },
      sections: nameSections(visit, namesToType(changes), typed),
      submit: text('console.transfer.import.now'),
      cancel: `${transferPath}/import`,
      isDangerous: changes.some(({ action }) => action === 'delete'),
    },
  };
}

/** An environment that the import creates has the name of its own change. */
async function environmentsIn(visit: ConsoleVisit, changes: readonly EstateChange[]) {
  const created = changes.flatMap(({ entity, id, name }) =>
    entity === 'environment' && name !== undefined ? [[id, { name }] as const] : [],
  );
  const ids = idsIn(
    changes.map((change) => change.changes),
    'environmentId',
  );
  return new Map([...(await knownEnvironments(visit, ids)), ...created]);
}

const countOf = (changes: readonly EstateChange[], kind: string) =>
  changes.filter(({ action }) => action === kind).length;

function nameSections({ text, language }: ConsoleVisit, names: readonly string[], typed: string | undefined) {
  if (names.length === 0) return [];
  return [
    {
      fields: [
        {
          name: 'names',
          label: text('console.transfer.names'),
          hint: text('console.transfer.names.hint', { names: formatsIn(language).words(names) }),
          kind: 'textarea',
          value: typed,
          rows: names.length,
          isRequired: true,
          problem: typed === undefined ? undefined : text('console.transfer.names.wrong'),
        } as const,
      ],
    },
  ];
}
