/** Builds the page with all keys: those that sign tokens above, those towards identity providers below. */
import type { SigningKeyView, SsoKeyPurpose, SsoKeyView } from '@gatehouse/contracts/auth-administration';
import { consolePath } from '@gatehouse/contracts/auth-api';
import type { ConsolePage } from '../shell/pages.ts';
import type { Row, Table } from '../shell/parts.ts';
import type { ConsoleVisit } from '../shell/shell.ts';

export const keysPath = `${consolePath}/keys`;

export interface KeysPage extends ConsolePage {
  signing: { title: string; lead: string; table: Table };
  singleSignOn: {
    title: string;
    lead: string;
    table: Table;
    /** Purposes that have no next key yet. */
    prepare: { purpose: SsoKeyPurpose; label: string }[];
    prepareAction: string;
  };
}

type State = SigningKeyView['state'];

const order: State[] = ['active', 'next', 'retired'];
const byState = (a: { state: State }, b: { state: State }) => order.indexOf(a.state) - order.indexOf(b.state);

export function keysPage(
  visit: ConsoleVisit,
  keys: readonly SigningKeyView[],
  ssoKeys: readonly SsoKeyView[],
): KeysPage {
  const { text } = visit;
  return {
    title: text('console.keys.title'),
    lead: text('console.keys.lead'),
    actions: [
      { label: text('console.keys.import'), href: `${keysPath}/import` },
      { label: text('console.keys.rotate'), href: `${keysPath}/rotate`, isMain: true },
    ],
    signing: {
      title: text('console.keys.signing'),
      lead: text('console.keys.signing.lead'),
      table: {
        caption: text('console.keys.signing'),
        columns: [
          { label: text('console.keys.key') },
          { label: text('console.keys.algorithm') },
          { label: text('console.keys.state') },
          { label: text('console.keys.origin') },
        ],
        empty: text('console.keys.empty'),
        rows: [...keys]
          .sort((a, b) => a.algorithm.localeCompare(b.algorithm) || byState(a, b))
          .map((key) => signingRow(visit, key)),
      },
    },
    singleSignOn: {
      title: text('console.keys.singleSignOn'),
      lead: text('console.keys.singleSignOn.lead'),
      table: {
        caption: text('console.keys.singleSignOn'),
        columns: [
          { label: text('console.keys.key') },
          { label: text('console.keys.purpose') },
          { label: text('console.keys.state') },
          { label: text('console.keys.ends') },
        ],
        empty: text('console.keys.empty'),
        rows: [...ssoKeys]
          .sort((a, b) => b.purpose.localeCompare(a.purpose) || byState(a, b))
          .map((key) => ssoRow(visit, key)),
      },
      prepare: (['signing', 'encryption'] as const)
        .filter((purpose) => !ssoKeys.some((key) => key.purpose === purpose && key.state === 'next'))
        .map((purpose) => ({ purpose, label: text(`console.keys.prepare.${purpose}`) })),
      prepareAction: `${keysPath}/single-sign-on/prepare`,
    },
  };
}

function signingRow({ text }: ConsoleVisit, key: SigningKeyView): Row {
  const { kid, algorithm, state, origin, createdAt, activatedAt, publishedUntil } = key;
  const describes = `${algorithm} ${kid}`;
  const link = (step: 'retire' | 'remove') => ({
    label: text(`console.keys.${step}`),
    href: `${keysPath}/${step}?${new URLSearchParams({ kid })}`,
    describes,
    isEnding: step === 'remove',
  });
  const when = {
    next: text('console.keys.created', { at: new Date(createdAt) }),
    active: text('console.keys.signsSince', { at: new Date(activatedAt ?? createdAt) }),
    retired:
      publishedUntil === undefined
        ? undefined
        : text('console.keys.publishedUntil', { at: new Date(publishedUntil) }),
  }[state];
  return {
    cells: [
      { text: kid, isCode: true },
      { text: algorithm },
      { text: '', badge: stateBadge({ text }, state), note: when },
      { text: text(`console.keys.origin.${origin}`) },
    ],
    actions: [...(state === 'active' ? [link('retire')] : []), link('remove')],
  };
}

function ssoRow({ text }: ConsoleVisit, { id, purpose, state, notAfter }: SsoKeyView): Row {
  const label = text(`console.keys.purpose.${purpose}`);
  return {
    cells: [
      { text: id, isCode: true },
      { text: label },
      { text: '', badge: stateBadge({ text }, state) },
      { text: text('console.at', { at: new Date(notAfter) }) },
    ],
    actions:
      state === 'next'
        ? [
            {
              label: text('console.keys.activate'),
              href: `${keysPath}/single-sign-on/activate?${new URLSearchParams({ purpose })}`,
              describes: label,
            },
          ]
        : [],
  };
}

function stateBadge({ text }: Pick<ConsoleVisit, 'text'>, state: State) {
  return { text: text(`console.keys.state.${state}`), kind: state === 'active' ? 'good' : 'plain' } as const;
}
