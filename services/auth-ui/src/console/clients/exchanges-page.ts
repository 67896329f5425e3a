/** Builds the page about the exchange rights around a client: a picture, and a table that says the same. */
import type { ClientExchanges } from '@gatehouse/contracts/auth-administration';
import { formatsIn } from '../../texts/formats.ts';
import type { Row } from '../shell/parts.ts';
import type { ConsoleVisit } from '../shell/shell.ts';
import { exchangeGraph } from './exchange-graph.ts';
import { clientHeader, clientPath } from './page-header.ts';
import type { PartsPage } from './parts-page.ts';

export function exchangesPage(visit: ConsoleVisit, exchanges: ClientExchanges): PartsPage {
  const { text } = visit;
  const { client_id, rights, clients, isCut } = exchanges;
  const names = new Map(clients.map((client) => [client.client_id, client.name]));
  const name = names.get(client_id) ?? client_id;
  const graph = exchangeGraph(exchanges, {
    graph: text('console.clients.exchanges.graph', { name }),
    subjects: text('field.client.tokenExchange.subjectClients'),
    requesters: text('console.clients.exchanges.requester'),
    audiences: text('field.client.tokenExchange.audiences'),
  });
  return {
    ...clientHeader(visit, { client_id, name }, 'exchanges'),
    lead: text('console.clients.exchanges.lead'),
    parts: [
      ...(graph === undefined ? [] : [{ graph }]),
      {
        title: text('console.clients.exchanges.table'),
        ...(isCut ? { lead: text('console.clients.exchanges.cut') } : {}),
        table: {
          caption: text('console.clients.exchanges.table'),
          columns: [
            { label: text('console.clients.exchanges.requester') },
            { label: text('field.client.tokenExchange.subjectClients') },
            { label: text('field.client.tokenExchange.audiences') },
            { label: text('console.clients.exchanges.rules') },
          ],
          empty: text('console.clients.exchanges.empty'),
          rows: rights.map((right) => rightRow(visit, right, names)),
        },
      },
    ],
  };
}

function rightRow(
  { text, language }: ConsoleVisit,
  right: ClientExchanges['rights'][number],
  names: ReadonlyMap<string, string | undefined>,
): Row {
  const { requester, subjects, audiences, delegation, idTokens, refreshTokens, mayAct, isInForce } = right;
  const nameOf = (id: string) => names.get(id) ?? id;
  const { words } = formatsIn(language);
  // A client without a name is gone, or may not be read.
  const known = names.get(requester) !== undefined;
  const rules = [
    delegation && text('console.clients.exchanges.delegation'),
    idTokens && text('console.clients.exchanges.idTokens'),
    refreshTokens && text('console.clients.exchanges.refreshTokens'),
    mayAct !== undefined && text('console.clients.exchanges.mayAct', { name: nameOf(mayAct) }),
  ].filter(Boolean);
  return {
    cells: [
      {
        text: nameOf(requester),
        href: known ? clientPath(requester) : undefined,
        badge: isInForce ? undefined : { text: text('console.clients.exchanges.notInForce'), kind: 'bad' },
        note: isInForce ? undefined : text('console.clients.exchanges.notInForce.hint'),
      },
      { text: words(subjects.map(nameOf)) },
      { text: words(audiences.map(nameOf)) },
      { text: rules.length === 0 ? text('console.clients.none') : rules.join(' · ') },
    ],
  };
}
