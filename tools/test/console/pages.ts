/** Every page of the console and of the account: the checks and the pictures are made of each. One line adds a page. */
import type { Stage } from './stage.ts';

export interface ListedPage {
  /** Of its pictures. */
  name: string;
  path: string | ((stage: Stage) => string);
}

const environment = ({ environmentId }: Stage) => `/auth/console/environments/${environmentId}`;
const center = ({ contactCenterId }: Stage) => `/auth/console/contact-centers/${contactCenterId}`;
const client = '/auth/console/clients/one/gateway';

const namedIn = ({ contactCenterId }: Stage) => `contactCenter=${contactCenterId}`;

/** For an installation administrator. */
export const listedPages: ListedPage[] = [
  { name: 'console-home', path: '/auth/console' },
  { name: 'console-environments', path: '/auth/console/environments' },
  { name: 'console-environment-new', path: '/auth/console/environments/new' },
  { name: 'console-environment', path: environment },
  { name: 'console-environment-change', path: (stage) => `${environment(stage)}/change` },
  { name: 'console-environment-server', path: (stage) => `${environment(stage)}/servers/new` },
  { name: 'console-centers', path: '/auth/console/contact-centers' },
  { name: 'console-centers-none', path: '/auth/console/contact-centers?search=nothing-like-it' },
  { name: 'console-center-new', path: '/auth/console/contact-centers/create' },
  { name: 'console-center', path: center },
  { name: 'console-center-edit', path: (stage) => `${center(stage)}/edit` },
  { name: 'console-center-settings', path: (stage) => `${center(stage)}/settings` },
  { name: 'console-center-sso', path: (stage) => `${center(stage)}/single-sign-on` },
  { name: 'console-center-sso-add', path: (stage) => `${center(stage)}/single-sign-on/add` },
  {
    name: 'console-center-sso-saml',
    path: (stage) => `${center(stage)}/single-sign-on/set-up?protocol=saml`,
  },
  {
    name: 'console-center-sso-settings',
    path: (stage) => `${center(stage)}/single-sign-on/settings?protocol=oidc`,
  },
  { name: 'console-center-origins', path: (stage) => `${center(stage)}/origins` },
  { name: 'console-center-api-keys', path: (stage) => `${center(stage)}/api-keys` },
  { name: 'console-center-off-boarding', path: (stage) => `${center(stage)}/off-boarding` },
  { name: 'console-settings', path: '/auth/console/settings' },
  { name: 'console-locations', path: '/auth/console/locations' },
  { name: 'console-location-declare', path: '/auth/console/locations/declare' },
  { name: 'console-clients', path: '/auth/console/clients' },
  { name: 'console-clients-none', path: '/auth/console/clients?search=nothing-like-it' },
  { name: 'console-client', path: client },
  { name: 'console-client-change', path: `${client}/edit` },
  { name: 'console-client-secret', path: `${client}/secret` },
  { name: 'console-client-exchanges', path: `${client}/exchanges` },
  { name: 'console-client-diagnosis', path: `${client}/diagnosis` },
  { name: 'console-client-fields', path: `${client}/fields` },
  { name: 'console-client-delete', path: `${client}/delete` },
  { name: 'console-client-new', path: '/auth/console/clients/new' },
  { name: 'console-client-new-web', path: '/auth/console/clients/new/web' },
  { name: 'console-client-new-exchange', path: '/auth/console/clients/new/exchange' },
  { name: 'console-people-choose', path: '/auth/console/people' },
  { name: 'console-people', path: (stage) => `/auth/console/people?${namedIn(stage)}` },
  { name: 'console-person', path: (stage) => `/auth/console/people/person?user=agent&${namedIn(stage)}` },
  {
    name: 'console-person-explanation',
    path: (stage) => `/auth/console/people/explanation?user=agent&${namedIn(stage)}`,
  },
  {
    name: 'console-person-end-sessions',
    path: (stage) => `/auth/console/people/end-sessions?user=agent&${namedIn(stage)}`,
  },
  { name: 'console-keys', path: '/auth/console/keys' },
  { name: 'console-keys-rotate', path: '/auth/console/keys/rotate' },
  { name: 'console-keys-import', path: '/auth/console/keys/import' },
  { name: 'console-administrators', path: '/auth/console/administrators' },
  { name: 'console-administrator-add', path: '/auth/console/administrators/add' },
  { name: 'console-transfer', path: '/auth/console/transfer' },
  { name: 'console-transfer-import', path: '/auth/console/transfer/import' },
  { name: 'console-not-found', path: '/auth/console/nothing-here' },
];
