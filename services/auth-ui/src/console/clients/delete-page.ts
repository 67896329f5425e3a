/** Builds the confirmation before a client is deleted: it names what ends. */
import type { ClientExchanges, ClientView, RevocationAnswer } from '@gatehouse/contracts/auth-administration';
import { confirmationOf } from '../shell/confirmation.ts';
import type { ConfirmPage } from '../shell/pages.ts';
import type { Fact } from '../shell/parts.ts';
import type { ConsoleVisit } from '../shell/shell.ts';
import { clientBreadcrumbs, clientPath } from './page-header.ts';
import { hasSecret } from './secret-page.ts';
import { firstOf, lastGrantText } from './words.ts';

export interface Ends {
  exchanges: ClientExchanges;
  revocation: RevocationAnswer;
}

export function deletePage(
  visit: ConsoleVisit,
  client: ClientView,
  { exchanges, revocation }: Ends,
  etag: string,
): ConfirmPage {
  const { text } = visit;
  const { client_id, name } = client;
  return confirmationOf(visit, {
    key: 'console.clients.delete',
    named: { name },
    breadcrumbs: clientBreadcrumbs(visit, client),
    facts: [
      { label: text('field.client.client_id'), value: client_id, isCode: true },
      { label: text('console.clients.lastUse'), value: lastUseOf(visit, client) },
      ...accessFacts(visit, revocation),
      ...dataFacts(visit, client),
      ...exchangeFacts(visit, exchanges),
    ],
    action: `${clientPath(client_id)}/delete`,
    hidden: { ifMatch: etag },
    cancel: clientPath(client_id),
    isDangerous: true,
  });
}

function lastUseOf(visit: ConsoleVisit, client: ClientView): string {
  const { lastUsedAt } = client;
  if (lastUsedAt === undefined) return visit.text('console.clients.never');
  return [visit.text('console.at', { at: new Date(lastUsedAt) }), lastGrantText(visit, client)]
    .filter(Boolean)
    .join(' · ');
}

const countOf = ({ text }: ConsoleVisit, count: number) =>
  text('console.contactCenters.ends.count', { count });

/** Counts the people, sessions and consents of the client. */
function accessFacts(visit: ConsoleVisit, { ends }: RevocationAnswer): Fact[] {
  const { text } = visit;
  if (ends === undefined) return [];
  const { people, since, client: held } = ends;
  return [
    {
      label: text('console.clients.delete.people'),
      value: text('console.clients.delete.people.count', { count: people, since: new Date(since) }),
    },
    // Absent in an answer of the release before.
    ...(held === undefined
      ? []
      : [
          { label: text('console.clients.delete.sessions'), value: countOf(visit, held.sessions) },
          { label: text('console.clients.delete.consents'), value: countOf(visit, held.consents) },
        ]),
  ];
}

/** Lists the credentials and the trusted issuers of the registration. */
function dataFacts(visit: ConsoleVisit, client: ClientView): Fact[] {
  const { text } = visit;
  const { jwks, jwksUri, jwtBearer, samlBearer } = client;
  const credentials = [
    ...(hasSecret(client) ? [text('console.clients.delete.secret')] : []),
    ...(jwks === undefined ? [] : [text('console.clients.delete.keys', { count: jwks.keys.length })]),
    ...(jwksUri === undefined ? [] : [text('console.clients.delete.keysAt', { address: jwksUri })]),
  ];
  const issuers = [...jwtBearer.issuers, ...samlBearer.issuers].map(({ issuer }) => issuer);
  return [
    {
      label: text('console.clients.delete.credentials'),
      value: credentials.join(' · ') || text('console.clients.none'),
    },
    ...(issuers.length === 0
      ? []
      : [{ label: text('console.clients.delete.issuers'), value: firstOf(visit, issuers).join(', ') }]),
  ];
}

/** Rights of others that permit nothing any more. */
function exchangeFacts(visit: ConsoleVisit, { client_id, rights, clients, isCut }: ClientExchanges): Fact[] {
  const { text } = visit;
  const names = new Map(clients.map((one) => [one.client_id, one.name ?? one.client_id]));
  const others = rights.filter(({ requester }) => requester !== client_id);
  const named = (list: 'subjects' | 'audiences') => {
    const requesters = others
      .filter((right) => right[list].includes(client_id))
      .map(({ requester }) => names.get(requester) ?? requester);
    if (requesters.length === 0) return text('console.clients.none');
    return [...firstOf(visit, requesters), ...(isCut ? [text('console.clients.exchanges.cut')] : [])].join(
      ', ',
    );
  };
  return [
    { label: text('console.clients.delete.exchanges'), value: named('subjects') },
    { label: text('console.clients.delete.audiences'), value: named('audiences') },
  ];
}
