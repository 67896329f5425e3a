/** Builds the first page about a client: what it is, where it sends people, what it reaches, and when it was used. */

import type { ClientView } from '@gatehouse/contracts/auth-administration';
import { contactCenterPath } from '../shell/names/contact-centers.ts';
import type { ConsoleVisit } from '../shell/shell.ts';
import { clientHeader, clientPath } from './page-header.ts';
import type { Fact, Part, PartsPage } from './parts-page.ts';
import { durationText, firstOf, grantText, lastGrantText, maxShown, shortGrant, typeText } from './words.ts';

/** A client that was not used for so long is called idle. */
const idleAfterMs = 30 * 86_400_000;

/** `centers`: names of the contact centres that the page shows, by id. */
export function overviewPage(
  visit: ConsoleVisit,
  client: ClientView,
  centers: ReadonlyMap<string, string>,
  nowMs: number,
): PartsPage {
  const { text, rights } = visit;
  const { client_id, description } = client;
  return {
    ...clientHeader(visit, client, 'overview'),
    ...(description === '' ? {} : { lead: description }),
    ...(rights.installation
      ? {
          actions: [
            {
              label: text('console.clients.delete'),
              href: `${clientPath(client_id)}/delete`,
              isEnding: true,
            },
          ],
        }
      : {}),
    parts: [
      { facts: identityFacts(visit, client, nowMs) },
      { title: text('console.clients.part.signIn'), facts: signInFacts(visit, client) },
      { title: text('console.clients.part.reach'), facts: reachFacts(visit, client, centers) },
      { title: text('console.clients.part.lifetimes'), facts: lifetimeFacts(visit, client) },
      usePart(visit, client),
    ],
  };
}

function identityFacts(visit: ConsoleVisit, client: ClientView, nowMs: number): Fact[] {
  const { text } = visit;
  const { client_id, tokenEndpointAuthMethod: method, internalClient, createdAt, updatedAt } = client;
  return [
    { label: text('field.client.client_id'), values: [client_id], isCode: true },
    {
      label: text('field.client.clientType'),
      values: [typeText(visit, client)],
      note: method === undefined ? undefined : text('console.clients.method', { method }),
    },
    { label: text('console.clients.state'), values: [], ...stateOf(visit, client, nowMs) },
    ...(internalClient
      ? [
          {
            label: text('field.client.internalClient'),
            values: [text('console.comparison.yes')],
            note: text('field.client.internalClient.help'),
          },
        ]
      : []),
    {
      label: text('console.clients.created'),
      values: [text('console.at', { at: new Date(createdAt) })],
      note:
        updatedAt === createdAt ? undefined : text('console.clients.changedAt', { at: new Date(updatedAt) }),
    },
  ];
}

function stateOf(visit: ConsoleVisit, client: ClientView, nowMs: number): Pick<Fact, 'badge' | 'note'> {
  const { text } = visit;
  const { lastUsedAt: at } = client;
  if (at === undefined)
    return {
      badge: { text: text('console.clients.state.new'), kind: 'plain' },
      note: text('console.clients.state.new.hint'),
    };
  const isIdle = nowMs - at > idleAfterMs;
  return {
    badge: {
      text: text(isIdle ? 'console.clients.state.idle' : 'console.clients.state.used'),
      kind: isIdle ? 'plain' : 'good',
    },
    note: [text('console.clients.state.at', { at: new Date(at) }), lastGrantText(visit, client)]
      .filter(Boolean)
      .join(' · '),
  };
}

function signInFacts(visit: ConsoleVisit, client: ClientView): Fact[] {
  const { text } = visit;
  const { authorizedGrantTypes, redirectURIs, postLogoutRedirectURIs, requirePkce, requireConsent } = client;
  const redirects = authorizedGrantTypes.some((grant) => ['authorization_code', 'implicit'].includes(grant));
  return [
    {
      label: text('field.client.authorizedGrantTypes'),
      values: listed(
        visit,
        authorizedGrantTypes.map((grant) => `${grantText(visit, grant)} (${shortGrant(grant)})`),
      ),
    },
    ...(redirects
      ? [
          {
            label: text('field.client.redirectURIs'),
            values: listed(visit, redirectURIs),
            isCode: redirectURIs.length > 0,
          },
          {
            label: text('field.client.postLogoutRedirectURIs'),
            values: listed(visit, postLogoutRedirectURIs),
            isCode: postLogoutRedirectURIs.length > 0,
          },
          {
            label: text('field.client.requirePkce'),
            values: [text(requirePkce ? 'console.clients.pkce.on' : 'console.clients.pkce.off')],
          },
          {
            label: text('field.client.requireConsent'),
            values: [text(requireConsent ? 'console.clients.consent.on' : 'console.clients.consent.off')],
          },
        ]
      : []),
  ];
}

function reachFacts(
  visit: ConsoleVisit,
  { scope, authorities, contactCenterIds }: ClientView,
  centers: ReadonlyMap<string, string>,
): Fact[] {
  const { text } = visit;
  const isAll = contactCenterIds.length === 0;
  return [
    {
      label: text('field.client.scope'),
      values: scope.includes('*') ? [text('console.clients.scope.all')] : [scope.join(' ')],
      isCode: !scope.includes('*'),
    },
    {
      label: text('field.client.authorities'),
      values: listed(visit, authorities),
      isCode: authorities.length > 0,
    },
    {
      label: text('field.client.contactCenterIds'),
      values: isAll
        ? [text('console.clients.contactCenters.all')]
        : firstOf(
            visit,
            contactCenterIds.map((id) => centers.get(id) ?? id),
          ),
      hrefs: contactCenterIds.slice(0, maxShown).map(contactCenterPath),
    },
  ];
}

function lifetimeFacts(visit: ConsoleVisit, client: ClientView): Fact[] {
  const { text } = visit;
  const { accessTokenExpirationTimeout, refreshTokenExpirationTimeout, refreshTokenIdleTimeout } = client;
  return [
    {
      label: text('console.clients.accessToken'),
      values: [durationText(visit, accessTokenExpirationTimeout)],
      note: text(
        client.accessTokenFormat === 'jwt'
          ? 'console.clients.format.jwt.short'
          : 'console.clients.format.opaque.short',
      ),
    },
    {
      label: text('console.clients.refreshToken'),
      values: [durationText(visit, refreshTokenExpirationTimeout)],
      note:
        refreshTokenIdleTimeout === undefined
          ? undefined
          : text('console.clients.idle', { time: durationText(visit, refreshTokenIdleTimeout) }),
    },
  ];
}

function usePart(visit: ConsoleVisit, { lastGrants = [] }: ClientView): Part {
  const { text } = visit;
  return {
    title: text('console.clients.part.use'),
    lead: text('console.clients.part.use.lead'),
    table: {
      caption: text('console.clients.part.use'),
      columns: [{ label: text('console.clients.grant') }, { label: text('console.clients.lastTime') }],
      empty: text('console.clients.part.use.empty'),
      rows: lastGrants.map(({ grant_type, at }) => ({
        cells: [{ text: grantText(visit, grant_type) }, { text: text('console.at', { at: new Date(at) }) }],
      })),
    },
  };
}

function listed(visit: ConsoleVisit, values: readonly string[]): string[] {
  return values.length === 0 ? [visit.text('console.clients.none')] : firstOf(visit, values);
}
