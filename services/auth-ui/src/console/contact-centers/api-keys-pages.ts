/** Builds the pages about API keys of a contact centre. */

import type { ApiKey, ContactCenter, IssuedApiKey } from '@gatehouse/contracts/environment-administration';
import { apiKeyPurposes, apiKey as description, type NewApiKey } from '@gatehouse/contracts/resources';
import { steadyClock } from '@gatehouse/service-kit/clock';
import { describedColumns, describedInputs } from '../form/described.ts';
import { bodyOf, type Input, optionsBelow, type Typed, typedOf } from '../form/inputs.ts';
import { sectionsOf } from '../form/sections.ts';
import { confirmationOf } from '../shell/confirmation.ts';
import { type Column, tableOf } from '../shell/lists.ts';
import { contactCenterPath } from '../shell/names/contact-centers.ts';
import type { ConfirmPage, FormPage, ListPage, ShownOncePage } from '../shell/pages.ts';
import { cutToPage } from '../shell/paging.ts';
import type { Cell, FormField, Row } from '../shell/parts.ts';
import type { ConsoleVisit } from '../shell/shell.ts';
import { breadcrumbsBelowTab, contactCenterHeader } from './page-header.ts';

type Named = Pick<ContactCenter, 'id' | 'name'>;

const hour = 3600;
const day = 24 * hour;
/** The longest that the API accepts last. */
const overlaps = [0, hour, day, 7 * day, 30 * day] as const;
export const usualOverlap = String(day);

export const apiKeysPath = (id: string) => `${contactCenterPath(id)}/api-keys`;

export function apiKeysPage(
  visit: ConsoleVisit,
  center: Named,
  keys: readonly ApiKey[],
  page: number,
): ListPage {
  const { text } = visit;
  const { items, pages } = cutToPage(keys, apiKeysPath(center.id), {}, { page });
  const now = new Date(steadyClock());
  return {
    ...contactCenterHeader(visit, center, 'apiKeys'),
    lead: text('console.contactCenters.apiKeys.lead'),
    actions: [
      {
        label: text('console.contactCenters.apiKeys.create'),
        href: `${apiKeysPath(center.id)}/create`,
        isMain: true,
      },
    ],
    table: tableOf(visit, {
      caption: 'console.contactCenters.apiKeys',
      empty: 'console.contactCenters.apiKeys.empty',
      columns: columns(visit, now),
      items,
      actions: (key) => actionsOf(visit, center.id, key, now),
      ...pages,
    }),
  };
}

function columns(visit: ConsoleVisit, now: Date): Column<ApiKey>[] {
  const { text } = visit;
  return [
    { label: 'field.apiKey.name', cell: ({ name, prefix }) => ({ text: name, note: `${prefix}…` }) },
    {
      label: 'field.apiKey.purpose',
      cell: ({ purpose }) => ({ text: text(`console.contactCenters.apiKeys.purpose.${purpose}`) }),
    },
    {
      label: 'console.contactCenters.apiKeys.lastUsed',
      cell: ({ lastUsedAt, previousUntil }) => ({
        text: lastUseText(visit, lastUsedAt),
        note:
          previousUntil !== undefined && new Date(previousUntil) > now
            ? text('console.contactCenters.apiKeys.before', { at: new Date(previousUntil) })
            : undefined,
      }),
    },
    ...describedColumns<ApiKey>(visit, description, ['name', 'purpose'], {
      expiresAt: (key) => endCell(visit, key, now),
    }),
  ];
}

const isOver = ({ expiresAt }: ApiKey, now: Date) => expiresAt !== undefined && new Date(expiresAt) <= now;

function endCell({ text }: ConsoleVisit, key: ApiKey, now: Date): Cell {
  const { validFrom, expiresAt } = key;
  const from = new Date(validFrom);
  return {
    text:
      expiresAt === undefined
        ? text('console.contactCenters.apiKeys.endless')
        : text('console.at', { at: new Date(expiresAt) }),
    badge: isOver(key, now)
      ? { text: text('console.contactCenters.apiKeys.over'), kind: 'bad' }
      : from > now
        ? { text: text('console.contactCenters.apiKeys.from', { at: from }), kind: 'plain' }
        : undefined,
  };
}

function actionsOf({ text }: ConsoleVisit, id: string, key: ApiKey, now: Date): Row['actions'] {
  const link = (step: 'rotate' | 'delete') => ({
    label: text(`console.contactCenters.apiKeys.${step}`),
    href: `${apiKeysPath(id)}/${step}?${new URLSearchParams({ keyId: key.id })}`,
    describes: key.name,
    isEnding: step === 'delete',
  });
  return [...(isOver(key, now) ? [] : [link('rotate')]), link('delete')];
}

const newKeyInputs: readonly Input[] = describedInputs(description, { isNew: true }).map(asTyped);

/** A day counts from its first moment or to its last one. The API refuses a text that is no day, and says so. */
function asTyped(input: Input): Input {
  const { path, appearance } = input;
  const options = { options: optionsBelow('console.contactCenters.apiKeys.purpose', apiKeyPurposes) };
  const day = (time: string): Partial<Input> => ({
    reading: { shown: String, read: (day) => `${day}T${time}Z` },
    appearance: { kind: 'date' },
  });
  // Its options say what the help says.
  if (path === 'purpose')
    return { ...input, hint: undefined, ...options, appearance: { ...appearance, kind: 'choice' } };
  if (path === 'validFrom') return { ...input, ...day('00:00:00') };
  return path === 'expiresAt' ? { ...input, ...day('23:59:59') } : input;
}

export const newKeyOf = (visit: ConsoleVisit, typed: Typed): NewApiKey => bodyOf(visit, newKeyInputs, typed);

export function createKeyPage(
  visit: ConsoleVisit,
  center: Named,
  typed: Typed = typedOf(newKeyInputs),
): FormPage {
  const { text } = visit;
  const path = apiKeysPath(center.id);
  return {
    title: text('console.contactCenters.apiKeys.create'),
    lead: text('console.contactCenters.apiKeys.create.lead'),
    breadcrumbs: breadcrumbsBelowTab(visit, center, 'apiKeys'),
    form: {
      action: `${path}/create`,
      sections: sectionsOf(visit, [{ inputs: newKeyInputs }], typed),
      submit: text('console.contactCenters.apiKeys.create'),
      cancel: path,
    },
  };
}

export function rotateKeyPage(visit: ConsoleVisit, center: Named, key: ApiKey, etag: string): ConfirmPage {
  return keyConfirmation(visit, center, key, 'rotate', etag, [overlapInput(visit)]);
}

export function deleteKeyPage(visit: ConsoleVisit, center: Named, key: ApiKey, etag: string): ConfirmPage {
  return keyConfirmation(visit, center, key, 'delete', etag, []);
}

const overlapInput = ({ text }: ConsoleVisit): FormField => ({
  name: 'overlapSeconds',
  label: text('console.contactCenters.apiKeys.overlap'),
  kind: 'choice',
  value: usualOverlap,
  isRequired: true,
  options: overlaps.map((seconds) => ({
    value: String(seconds),
    label: text('console.contactCenters.apiKeys.overlap.hours', { hours: seconds / hour }),
    hint: seconds === 0 ? text('console.contactCenters.apiKeys.overlap.none.hint') : undefined,
  })),
});

function keyConfirmation(
  visit: ConsoleVisit,
  center: Named,
  { id, name, prefix, lastUsedAt }: ApiKey,
  step: 'rotate' | 'delete',
  etag: string,
  fields: FormField[],
): ConfirmPage {
  const { text } = visit;
  const path = apiKeysPath(center.id);
  return confirmationOf(visit, {
    key: `console.contactCenters.apiKeys.${step}`,
    named: { name },
    breadcrumbs: breadcrumbsBelowTab(visit, center, 'apiKeys'),
    facts: [
      { label: text('console.contactCenters.apiKeys.beginning'), value: `${prefix}…`, isCode: true },
      { label: text('console.contactCenters.apiKeys.lastUsed'), value: lastUseText(visit, lastUsedAt) },
    ],
    action: `${path}/${step}`,
    hidden: { keyId: id, ifMatch: etag },
    sections: fields.length === 0 ? [] : [{ fields }],
    cancel: path,
    isDangerous: step === 'delete',
  });
}

function lastUseText({ text }: ConsoleVisit, lastUsedAt: string | undefined): string {
  return lastUsedAt === undefined
    ? text('console.contactCenters.apiKeys.unused')
    : text('console.at', { at: new Date(lastUsedAt) });
}

export function shownKeyPage(visit: ConsoleVisit, center: Named, { name, key }: IssuedApiKey): ShownOncePage {
  const { text } = visit;
  return {
    title: text('console.contactCenters.apiKeys.shown', { name }),
    breadcrumbs: breadcrumbsBelowTab(visit, center, 'apiKeys'),
    values: [{ label: text('console.contactCenters.apiKeys.key'), value: key }],
    warning: text('console.contactCenters.apiKeys.shown.warning'),
    next: { label: text('console.contactCenters.apiKeys.shown.next'), href: apiKeysPath(center.id) },
  };
}
