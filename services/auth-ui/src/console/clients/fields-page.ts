/** Builds the page with every field of a client as it is stored, to read and to copy. */
import type { ClientView } from '@gatehouse/contracts/auth-administration';
import type { ConsoleVisit } from '../shell/shell.ts';
import { clientHeader } from './page-header.ts';
import type { PartsPage } from './parts-page.ts';

/** No change can set them. */
const kept = new Set(['createdAt', 'updatedAt', 'lastUsedAt', 'lastGrants', 'logo']);

export function fieldsPage(visit: ConsoleVisit, client: ClientView): PartsPage {
  const { text, rights } = visit;
  const fields = Object.entries(client).filter(([name]) => !kept.has(name));
  return {
    ...clientHeader(visit, client, 'fields'),
    lead: text('console.clients.fields.lead'),
    parts: [
      ...(rights.installation
        ? [
            {
              title: text('console.clients.fields.change'),
              lead: text('console.clients.fields.change.lead'),
              code: {
                label: text('console.clients.fields.command'),
                text: `gatehouse clients update ${client.client_id} --file client.json`,
              },
            },
          ]
        : []),
      {
        title: text('console.clients.fields.values'),
        code: {
          label: text('console.clients.fields.values'),
          text: JSON.stringify(Object.fromEntries(fields), null, 2),
        },
      },
    ],
  };
}
