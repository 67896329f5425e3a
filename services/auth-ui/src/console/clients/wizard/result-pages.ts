/** Builds the last pages of the wizard: the registration before it is made, and what comes next when it is. */
import type { ClientWithSecret } from '@gatehouse/contracts/auth-administration';
import type { ClientInput } from '@gatehouse/contracts/resources';
import { type ConsolePage, consoleView } from '../../shell/pages.ts';
import type { ConsoleVisit } from '../../shell/shell.ts';
import { clientBreadcrumbs, clientPath } from '../page-header.ts';
import type { Fact, Part } from '../parts-page.ts';
import { grantText, typeText } from '../words.ts';
import { type Answers, descriptions, type Kind, registrationOf } from './kinds.ts';
import { wizardBreadcrumbs, wizardPath } from './pages.ts';

export interface ReviewPage extends ConsolePage {
  parts: Part[];
  action: string;
  hidden: Record<string, string>;
  submit: string;
  back: string;
}
export const reviewView = consoleView<ReviewPage>('clients/review');

/** `centers`: names by id. */
export function reviewPage(
  visit: ConsoleVisit,
  kind: Kind,
  given: Answers,
  centers: ReadonlyMap<string, string>,
): ReviewPage {
  const { text } = visit;
  const registration = registrationOf(visit, kind, given);
  const hidden = Object.entries(given).filter((entry): entry is [string, string] => Boolean(entry[1]));
  return {
    title: text('console.clients.wizard.review.title'),
    lead: text('console.clients.wizard.review.lead'),
    breadcrumbs: [
      ...wizardBreadcrumbs(visit),
      { label: text(`console.clients.kind.${kind}`), href: `${wizardPath}/${kind}` },
    ],
    parts: [
      { facts: chosenFacts(visit, kind, registration, centers) },
      {
        title: text('console.clients.wizard.request'),
        lead: text('console.clients.wizard.request.lead'),
        code: {
          label: text('console.clients.wizard.request'),
          text: JSON.stringify(registration, null, 2),
        },
      },
    ],
    action: `${wizardPath}/${kind}/register`,
    hidden: Object.fromEntries(hidden),
    submit: text('console.clients.wizard.register'),
    back: text('console.clients.wizard.change'),
  };
}

function chosenFacts(
  visit: ConsoleVisit,
  kind: Kind,
  registration: ClientInput,
  named: ReadonlyMap<string, string>,
): Fact[] {
  const { text } = visit;
  const { fixed, questions } = descriptions[kind];
  const {
    client_id = '',
    name = '',
    redirectURIs = [],
    scope = [],
    contactCenterIds: centers = [],
  } = registration;
  return [
    { label: text('field.client.name'), values: [name] },
    { label: text('field.client.client_id'), values: [client_id], isCode: true },
    {
      label: text('field.client.clientType'),
      values: [typeText(visit, fixed)],
      note: text(
        fixed.clientType === 'PUBLIC' ? 'console.clients.public.why' : 'console.clients.confidential.why',
      ),
    },
    {
      label: text('field.client.authorizedGrantTypes'),
      values: fixed.authorizedGrantTypes.map((grantType) => grantText(visit, grantType)),
    },
    ...(fixed.requirePkce
      ? [{ label: text('field.client.requirePkce'), values: [text('console.clients.pkce.on')] }]
      : []),
    ...(questions.includes('redirects')
      ? [{ label: text('field.client.redirectURIs'), values: redirectURIs, isCode: true }]
      : []),
    {
      label: text('field.client.scope'),
      values: [scope.includes('*') ? text('console.clients.scope.all') : scope.join(' ')],
      isCode: !scope.includes('*'),
    },
    {
      label: text('field.client.contactCenterIds'),
      values:
        centers.length === 0
          ? [text(kind === 'resource' ? 'console.clients.none' : 'console.clients.contactCenters.all')]
          : [
              ...centers.slice(0, named.size).map((id) => named.get(id) ?? id),
              ...(centers.length > named.size
                ? [text('console.clients.more', { count: centers.length - named.size })]
                : []),
            ],
    },
  ];
}

export interface RegisteredPage extends ConsolePage {
  values: { label: string; value: string }[];
  warning: string;
  parts: Part[];
  next: { label: string; href: string };
}
export const registeredView = consoleView<RegisteredPage>('clients/registered');

/** The answer to the form: the secret is kept nowhere. */
export function registeredPage(
  visit: ConsoleVisit,
  kind: Kind,
  { client_id, name, client_secret }: ClientWithSecret,
  issuer: string,
): RegisteredPage {
  const { text } = visit;
  const { guide, questions } = descriptions[kind];
  const code = (label: string, value: string): Fact => ({ label, values: [value], isCode: true });
  return {
    title: text('console.clients.registered', { name }),
    lead: text(
      client_secret === undefined ? 'console.clients.registered.public' : 'console.clients.registered.lead',
    ),
    breadcrumbs: clientBreadcrumbs(visit, { client_id, name }),
    values: [
      { label: text('field.client.client_id'), value: client_id },
      ...(client_secret === undefined
        ? []
        : [{ label: text('console.clients.secret'), value: client_secret }]),
    ],
    warning: client_secret === undefined ? '' : text('console.clients.secret.warning'),
    parts: [
      {
        title: text('console.clients.next'),
        lead: text(`console.clients.kind.${kind}.next`),
        facts: [
          code(text('console.clients.issuer'), issuer),
          code(text('console.clients.discovery'), `${issuer}/.well-known/openid-configuration`),
          // Without a sign-in there may be no library that would find it.
          ...(questions.includes('redirects')
            ? []
            : [code(text('console.clients.tokenEndpoint'), `${issuer}/oauth/token`)]),
          ...(guide === undefined
            ? []
            : [
                {
                  ...code(text('console.clients.guide'), `docs/start/quickstarts/${guide}`),
                  note: text('console.clients.guide.text'),
                },
              ]),
        ],
      },
    ],
    next: { label: text('console.clients.toClient'), href: clientPath(client_id) },
  };
}
