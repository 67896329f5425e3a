/** Builds the question before a client is deleted: it names what ends. */
import type { ClientExchanges } from '@gatehouse/contracts/auth-api/administration/client-exchanges';
import type { ClientView } from '@gatehouse/contracts/auth-api/administration/client-view';
import type { RevocationAnswer } from '@gatehouse/contracts/auth-api/administration/help-desk';
import type { ConfirmPage } from '../shell/pages.ts';
import { withProblem } from '../shell/parts.ts';
import type { Problem } from '../shell/problem.ts';
import type { ConsoleVisit } from '../shell/shell.ts';
import { clientPath, wayTo } from './frame.ts';
import { lastGrantText } from './words.ts';

export interface Ends {
  exchanges: ClientExchanges;
  revocation: RevocationAnswer;
}

export function deletePage(
  visit: ConsoleVisit,
  client: ClientView,
  { exchanges, revocation: { ends } }: Ends,
  etag: string,
  problem?: Problem,
): ConfirmPage {
  const { text } = visit;
  const { client_id, name, lastUsedAt } = client;
  const others = exchanges.rights.filter(({ requester }) => requester !== client_id);
  const names = new Map(exchanges.clients.map((one) => [one.client_id, one.name ?? one.client_id]));
  return {
    title: text('console.clients.delete.title', { name }),
    lead: text('console.clients.delete.lead'),
    path: wayTo(visit, client),
    facts: [
      { label: text('console.clients.id'), value: client_id, isCode: true },
      {
        label: text('console.clients.lastUse'),
        value:
          lastUsedAt === undefined
            ? text('console.clients.never')
            : [text('console.at', { at: new Date(lastUsedAt) }), lastGrantText(visit, client)]
                .filter(Boolean)
                .join(' · '),
      },
      ...(ends === undefined
        ? []
        : [
            {
              label: text('console.clients.delete.people'),
              value: text('console.clients.delete.people.count', {
                count: ends.people,
                since: new Date(ends.since),
              }),
            },
          ]),
      {
        label: text('console.clients.delete.exchanges'),
        value:
          others.length === 0
            ? text('console.clients.none')
            : others.map(({ requester }) => names.get(requester) ?? requester).join(', '),
      },
    ],
    form: withProblem(
      {
        action: `${clientPath(client_id)}/delete`,
        hidden: { ifMatch: etag },
        sections: [],
        submit: text('console.clients.delete'),
        cancel: clientPath(client_id),
        isDangerous: true,
      },
      problem,
    ),
  };
}
