/** Builds the pages that give a client a new secret: the form that asks how long the previous one goes on, and the new one. */

import type { ClientView, ClientWithSecret } from '@gatehouse/contracts/auth-administration';
import { steadyClock } from '@gatehouse/service-kit/clock';
import type { FormPage, ShownOncePage } from '../shell/pages.ts';
import type { ConsoleVisit } from '../shell/shell.ts';
import { clientBreadcrumbs, clientHeader, clientPath } from './page-header.ts';
import type { PartsPage } from './parts-page.ts';

/** Seconds; empty: as the installation says. */
export const graces = ['', '3600', '86400', '604800', '0'] as const;

/** Public clients and those that sign have no secret (RFC 7523 section 2.2). */
export function hasSecret({ clientType, tokenEndpointAuthMethod }: ClientView): boolean {
  return clientType === 'CONFIDENTIAL' && tokenEndpointAuthMethod !== 'private_key_jwt';
}

export function noSecretPage(visit: ConsoleVisit, client: ClientView): PartsPage {
  const isPublic = client.clientType === 'PUBLIC';
  return {
    ...clientHeader(visit, client, 'secret'),
    lead: visit.text(isPublic ? 'console.clients.secret.public' : 'console.clients.secret.keys'),
    parts: [],
  };
}

export function rotatePage(visit: ConsoleVisit, client: ClientView, etag: string): FormPage {
  const { text } = visit;
  return {
    ...clientHeader(visit, client, 'secret'),
    lead: text('console.clients.secret.lead'),
    form: {
      action: `${clientPath(client.client_id)}/secret`,
      hidden: { ifMatch: etag },
      sections: [
        {
          fields: [
            {
              name: 'graceSeconds',
              label: text('console.clients.secret.grace'),
              kind: 'choice',
              value: '',
              options: graces.map((value) => ({
                value,
                label: text(`console.clients.secret.grace.${value === '' ? 'default' : value}`),
                hint:
                  value === '' || value === '0'
                    ? text(`console.clients.secret.grace.${value === '' ? 'default' : value}.hint`)
                    : undefined,
              })),
            },
          ],
        },
      ],
      submit: text('console.clients.secret.rotate'),
      cancel: clientPath(client.client_id),
    },
  };
}

export function newSecretPage(visit: ConsoleVisit, client: ClientWithSecret): ShownOncePage {
  const { text } = visit;
  const { client_id, client_secret = '', formerSecretExpiresAt } = client;
  return {
    title: text('console.clients.secret.new'),
    breadcrumbs: clientBreadcrumbs(visit, client),
    lead:
      formerSecretExpiresAt === undefined || Date.parse(formerSecretExpiresAt) <= steadyClock()
        ? text('console.clients.secret.former.ended')
        : text('console.clients.secret.former', { at: new Date(formerSecretExpiresAt) }),
    values: [
      { label: text('field.client.client_id'), value: client_id },
      { label: text('console.clients.secret'), value: client_secret },
    ],
    warning: text('console.clients.secret.warning'),
    next: { label: text('console.clients.secret.back'), href: clientPath(client_id) },
  };
}
