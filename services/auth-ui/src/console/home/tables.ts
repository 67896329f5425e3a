/** Builds the tables of the first page: directories that are not connected, and what ends soon. */

import type { Ending } from '@gatehouse/contracts/answers';
import type { AuthApiOverview } from '@gatehouse/contracts/auth-administration';
import { formatsIn } from '../../texts/formats.ts';
import { clientPath } from '../clients/page-header.ts';
import { apiKeysPath } from '../contact-centers/api-keys-pages.ts';
import { environmentPath } from '../environments/page-header.ts';
import { keysPath } from '../keys/keys-page.ts';
import { contactCenterPath } from '../shell/names/contact-centers.ts';
import type { Table } from '../shell/parts.ts';
import type { ConsoleVisit } from '../shell/shell.ts';
import type { Overviews } from './first-steps.ts';

export function linksTable({ text }: ConsoleVisit, authApi: AuthApiOverview | undefined): Table | undefined {
  const notOpen = authApi?.links.notOpen ?? [];
  // Of a contact centre a problem says the same.
  if (notOpen.length === 0 || authApi?.contactCenterId !== undefined) return undefined;
  return {
    caption: text('console.home.links.title'),
    columns: [{ label: text('console.home.links.environment') }, { label: text('console.home.links.state') }],
    empty: '',
    rows: notOpen.map(({ environmentId, environmentName, state, reason }) => ({
      cells: [
        {
          text: environmentName ?? environmentId,
          isCode: environmentName === undefined,
          href: environmentPath(environmentId),
        },
        {
          text: '',
          badge: { text: text(`console.home.links.${state}`), kind: state === 'down' ? 'bad' : 'plain' },
          note: reason,
        },
      ],
    })),
  };
}

export function endingsTable(
  { text, language }: ConsoleVisit,
  { authApi, environmentApi }: Overviews,
): Table | undefined {
  const formats = formatsIn(language);
  // Nobody needs to look after things that renew themselves.
  const endings = [...(authApi?.endings ?? []), ...(environmentApi?.endings ?? [])]
    .filter(({ renewsItself }) => !renewsItself)
    .toSorted((one, other) => one.endsAt.localeCompare(other.endsAt));
  if (endings.length === 0) return undefined;
  const nowMs = Date.parse(authApi?.at ?? environmentApi?.at ?? '');
  return {
    caption: text('console.home.endings.title'),
    columns: [
      { label: text('console.home.endings.what') },
      { label: text('console.home.endings.of') },
      { label: text('console.home.endings.when') },
    ],
    empty: '',
    rows: endings.map((ending) => {
      const endsAtMs = Date.parse(ending.endsAt);
      return {
        cells: [
          { text: text(`console.home.ending.${ending.kind}`) },
          { text: ending.name, isCode: true, href: hrefOf(ending) },
          {
            text: text('console.home.date', { at: new Date(endsAtMs) }),
            note: formats.days(endsAtMs - nowMs),
            badge: endsAtMs <= nowMs ? { text: text('console.home.endings.over'), kind: 'bad' } : undefined,
          },
        ],
      };
    }),
  };
}

/** The page where it is replaced. */
function hrefOf({ kind, contactCenterId, environmentId, clientId }: Ending): string {
  if (clientId !== undefined) return clientPath(clientId);
  if (environmentId !== undefined) return environmentPath(environmentId);
  if (contactCenterId === undefined) return keysPath;
  return kind === 'api-key' ? apiKeysPath(contactCenterId) : contactCenterPath(contactCenterId);
}
