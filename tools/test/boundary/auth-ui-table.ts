/** How the pages are attacked from another contact centre. */
import { type Ask, byPath, noPerson, type Row, type Table } from './table.ts';

const console = '/auth/console';
const center = `${console}/contact-centers/{id}`;
const people = `${console}/people`;
const client = `${console}/clients/one/{clientId}`;
const formKey = 'AAAAAAAAAAAAAAAAAAAAAA';

const named: { user: string; contactCenter?: string }[] = [
  { user: '{userName}', contactCenter: '{contactCenterId}' },
  { user: '{sub}' },
  { user: '{userName}', contactCenter: '{ownId}' },
];
const asQuery = (fields: Record<string, string> = {}): Ask[] =>
  named.map((name) => ({ query: { ...name, ...fields } }));
const asForm = (fields: Record<string, string> = {}): Ask[] =>
  named.map((name) => ({ form: { ...name, ...fields, formKey } }));
/** The question and what it asks about. */
const question = (path: string, fields?: Record<string, string>): [string, Row][] => [
  [`GET ${path}`, asQuery(fields)],
  [`POST ${path}`, asForm(fields).map((ask): Ask => ({ ...ask, endsOwn: true }))],
];
/** Attempts under the name at the own contact centre are events there. */
const counting = ([path, asks]: [string, Row]): [string, Row] => [
  path,
  (asks as Ask[]).map((ask) => ({
    ...ask,
    mayDiffer: 'attempts under the name in the own trail are counted',
  })),
];
/** Pages below a contact centre, a client or nothing, with a form of these fields. */
const forms = (fields: Record<string, string>, ...paths: string[]): Table =>
  Object.fromEntries(
    paths.flatMap((path): [string, Row][] => [
      [`GET ${path}`, [{ query: fields }]],
      [`POST ${path}`, [{ form: { ...fields, formKey } }]],
    ]),
  );

const grows = 'reading the own trail is written into it';

const account: Table = {
  ...noPerson(
    'is about the person of the session alone, and own-factors.test.ts of Auth API tries the ids of others',
    'GET /auth/account/security',
    'GET /auth/account/security/confirm',
    'GET /auth/account/security/rename',
    ...[
      'app',
      'app/confirm',
      'passkeys',
      'passkeys/options',
      'rename',
      'remove',
      'recovery-codes',
      'devices/end',
    ].map((path) => `POST /auth/account/security/${path}`),
  ),
  [`POST /auth/account/sessions/end`]: [{ form: { session: '{sid}' } }],
  [`GET /auth/account/applications/take-back`]: [
    { query: { client: '{clientId}' } },
    { query: { client: '{wideClientId}' } },
  ],
  [`POST /auth/account/applications/take-back`]: [
    { form: { client: '{clientId}' } },
    { form: { client: '{wideClientId}' }, endsOwn: true, mayDiffer: 'people of both use this client' },
  ],
  [`POST /auth/account/sessions/end-others`]: [{ form: {} }],
  [`POST /auth/account/sign-out`]: [{ form: {}, endsOwn: true }],
  ...byPath(
    'GET /auth/account',
    'GET /auth/account/sessions',
    'GET /auth/account/applications',
    'GET /auth/approvals',
  ),
  [`GET /auth/device`]: [{ query: { user_code: '{userCode}' } }],
  [`GET /auth/consent.html`]: [{ query: { interaction: '{sid}' } }],
  [`GET /auth/sign-in.html`]: [{ query: { interaction: '{sid}' } }, { query: { login_hint: '{userName}' } }],
  [`POST /auth/sign-in.html`]: [
    { form: { username: '{userName}', tenant: '{domain}' } },
    { form: { username: '{userName}', tenant: '{ownDomain}' } },
  ],
  [`GET /auth/second-step.html`]: [{ query: { interaction: '{sid}' } }],
  [`GET /auth/sign-out.html`]: [{ query: { logout: '{sid}' } }],
  [`GET /auth/signed-out.html`]: [{ query: { logout: '{sid}' } }],
  [`GET /auth/change-password.html`]: [{ query: { interaction: '{sid}' } }],
  ...byPath('GET /auth/signed-in.html'),
};

/** The help desk may do one of them, and asks another API for it. */
const selections = ['GET', 'POST'].map((method): [string, Row] => {
  const ofStep = (step: string) => question(`${people}/selection`, { person: '{sub}', step });
  const asks = ['disable', 'unlock'].flatMap(
    (step) => Object.fromEntries(ofStep(step))[`${method} ${people}/selection`] as Ask[],
  );
  return [`${method} ${people}/selection`, asks];
});

const ofPeople: Table = {
  [`GET ${people}`]: [
    {},
    ...['{contactCenterId}', '{ownId}'].map((contactCenter) => ({
      query: { contactCenter, search: '{userName}' },
    })),
  ],
  [`GET ${people}/person`]: asQuery(),
  [`GET ${people}/explanation`]: asQuery(),
  [`GET ${people}/factors`]: asQuery(),
  [`GET ${people}/links`]: asQuery(),
  [`GET ${people}/audit/{contactCenter}/{id}`]: [
    { path: { contactCenter: '{contactCenterId}', id: '{sub}' } },
  ],
  ...Object.fromEntries([
    ...['end-sessions', 'enable', 'disable', 'unlock', 'password-link', 'change', 'delete'].flatMap((step) =>
      question(`${people}/${step}`),
    ),
    ...question(`${people}/link`, { protocol: 'oidc', issuer: 'https://idp.example', subject: 'taken' }),
    ...question(`${people}/unlink`, { link: '{sub}' }),
    ...question(`${people}/add`, { userName: 'taken' }),
    ...question(`${people}/erase`, { name: '{userName}' }).map(counting),
    ...question(`${people}/erase-gone`, { user: '{userName}' }),
    ...selections,
    ...question(`${people}/import`, { document: 'userName' }),
    ...question(`${people}/preview`, { document: 'userName' }).slice(1),
    ...question(`${people}/reset-factors`, { reason: 'taken' }),
    ...question(`${people}/invite`, { reason: 'taken' }).map(([path, asks]): [string, Row] => [
      path,
      (asks as Ask[]).map((ask) => ({ ...ask, mayDiffer: 'each invitation has another code' })),
    ]),
    ...question(`${people}/forget-browsers`, { device: '00000000-0000-4000-8000-000000000000' }),
    ...question(`${people}/end-session`, { session: '{sid}' }),
  ]),
  [`GET ${console}/audit`]: [
    {},
    { query: { user: '{userName}' } },
    { query: { contactCenter: '{contactCenterId}' } },
    { query: { client: '{clientId}' } },
  ],
  [`GET ${console}/audit/refused`]: [
    {},
    { query: { clientId: '{clientId}' } },
    { query: { clients: 'unknown' } },
  ],
  [`GET ${console}/audit/export.{format}`]: [
    { path: { format: 'csv' }, query: { contactCenter: '{contactCenterId}' }, mayDiffer: grows },
  ],
  [`GET ${console}/audit/changes`]: [{}, { query: { contactCenter: '{contactCenterId}' } }],
  [`GET ${console}/audit/changes/export.{format}`]: [{ path: { format: 'csv' } }],
  ...byPath(
    `GET ${console}/audit/requests/{id}`,
    `GET ${console}/administrators`,
    `GET ${console}/signal-receivers`,
    `GET ${console}`,
  ),
  ...forms(
    { user: '{sub}', sub: '{sub}', contactCenter: '{contactCenterId}' },
    `${console}/administrators/add`,
    `${console}/administrators/remove`,
  ),
};

const centers: Table = {
  [`GET ${console}/contact-centers`]: [{}, { query: { search: '{centerName}' } }],
  ...byPath(
    `GET ${center}`,
    `GET ${center}/single-sign-on`,
    `GET ${center}/settings`,
    `GET ${center}/origins`,
    `GET ${center}/audit`,
    `GET ${center}/administrators`,
    `GET ${center}/off-boarding`,
    `GET ${center}/second-factor`,
    `GET ${center}/api-keys`,
  ),
  [`GET ${center}/single-sign-on/set-up`]: [{ query: { location: '/', protocol: 'oidc' } }],
  [`GET ${center}/single-sign-on/trial`]: [{ query: { location: '/', protocol: 'oidc' } }],
  [`POST ${center}/single-sign-on/check`]: [{ form: { location: '/', protocol: 'oidc', formKey } }],
  ...forms({ name: 'taken', domains: '{ownDomain}', etag: '"1"', version: '1' }, `${center}/edit`),
  ...forms({ 'secondFactor.mode': 'off', etag: '"1"', version: '1' }, `${center}/second-factor/edit`),
  ...forms(
    {
      location: '/',
      protocol: 'oidc',
      issuer: 'https://idp.other.test',
      clientId: 'other',
      clientSecret: 'x',
      name: 'x-hideTenant',
      newName: 'x-other',
      value: 'true',
      keyId: '{keyId}',
      origin: 'https://x.test',
    },
    ...['add', 'settings', 'enable', 'disable', 'delete'].map((step) => `${center}/single-sign-on/${step}`),
    ...['add', 'change', 'rename', 'delete'].map((step) => `${center}/settings/${step}`),
    ...['add', 'remove'].map((step) => `${center}/origins/${step}`),
    ...['create', 'rotate', 'delete'].map((step) => `${center}/api-keys/${step}`),
    `${center}/off-boarding/{step}`,
  ),
  ...forms(
    { user: '{userName}', sub: '{sub}', 'rights.auditor': 'true' },
    ...['add', 'remove', 'own'].map((step) => `${center}/administrators/${step}`),
  ),
  ...forms(
    { name: 'taken', domains: '{domain}', environmentId: '{environmentId}' },
    `${console}/contact-centers/create`,
  ),
  ...forms(
    { contactCenter: '{contactCenterId}', location: '/', applicationName: 'taken' },
    ...['edit', 'delete', 'logo'].map((step) => `${console}/branding/${step}`),
  ),
  [`POST ${console}/branding/logo/delete`]: [
    { form: { contactCenter: '{contactCenterId}', location: '/', formKey } },
  ],
  ...Object.fromEntries(
    ['', '/places', '/preview'].map((step) => [
      `GET ${console}/branding${step}`,
      [{}, { query: { contactCenter: '{contactCenterId}' } }],
    ]),
  ),
  [`GET ${console}/clients`]: [
    {},
    { query: { search: '{clientId}' } },
    { query: { contactCenter: '{contactCenterId}' } },
  ],
  ...byPath(
    `GET ${client}`,
    `GET ${client}/exchanges`,
    `GET ${client}/diagnosis`,
    `GET ${client}/audit`,
    `GET ${client}/fields`,
  ),
  ...forms(
    { name: 'taken', etag: '"1"', graceSeconds: '0' },
    `${client}/edit`,
    `${client}/delete`,
    `${client}/secret`,
  ),
};

const steps = (path: string, ...names: string[]): string[] =>
  names.flatMap((name) => [`GET ${console}/${path}${name}`, `POST ${console}/${path}${name}`]);

const others: Table = {
  ...noPerson(
    'belongs to the installation: a contact centre is refused whatever it names',
    `GET ${console}/clients/new`,
    ...steps('clients/new/', '{kind}'),
    `POST ${console}/clients/new/{kind}/register`,
    `GET ${console}/settings`,
    ...steps('settings/', 'add', 'change', 'rename', 'delete'),
    `GET ${console}/environments`,
    `GET ${console}/environments/{id}`,
    `POST ${console}/environments/{id}/check`,
    ...steps(
      'environments/',
      'new',
      '{id}/change',
      '{id}/delete',
      '{id}/servers/new',
      '{id}/servers/{serverId}',
      '{id}/servers/{serverId}/remove',
    ),
    `GET ${console}/deleted`,
    `POST ${console}/deleted/undo/{kind}/{id}`,
    ...steps('deleted/one/{kind}/{id}/', 'restore', 'forget'),
    `GET ${console}/locations`,
    ...steps('locations/', 'declare', 'withdraw'),
    `GET ${console}/audit/chains`,
    ...steps('audit/', 'retention'),
    `GET ${console}/keys`,
    ...steps('alerts/', 'test'),
    ...steps('keys/', 'rotate', 'retire', 'remove', 'import', 'single-sign-on/activate'),
    `POST ${console}/keys/single-sign-on/prepare`,
    `GET ${console}/signal-receivers/one/{id}`,
    ...steps('signal-receivers/', 'add', 'one/{id}/change', 'one/{id}/test', 'one/{id}/delete'),
    `GET ${console}/transfer`,
    `GET ${console}/transfer/export.yaml`,
    `GET ${console}/transfer/export.json`,
    ...steps('transfer/', 'import'),
    `POST ${console}/transfer/preview`,
    `GET ${console}/runbooks`,
  ),
  ...noPerson(
    'begins or ends a sign-in of the browser itself',
    'GET /auth/account/callback',
    'GET /auth/account/sign-in-again',
    'GET /auth/account/sign-in-again/done',
    `GET ${console}/callback`,
    ...steps('', 'open'),
    `POST ${console}/sign-out`,
    `GET ${console}/sign-in-again`,
    `GET ${console}/sign-in-again/done`,
  ),
  ...noPerson(
    'needs the link of a people store, which serves one contact centre',
    'GET /auth/first-password',
  ),
  ...noPerson(
    'shows the same to everybody',
    ...[
      'GET /',
      'GET /auth',
      'GET /auth/',
      'GET /auth/health',
      'GET /auth/account/language',
      `GET ${console}*`,
    ],
    ...[
      'gatehouse.css',
      'console.css',
      'console.js',
      'continue.js',
      'logo.svg',
      'approvals.js',
      'open-console.js',
      'passkey.js',
      'recovery-codes.js',
      'times.js',
    ].map((file) => `GET /auth/assets/${file}`),
    'GET /auth/assets/show-password.js',
    'GET /auth/assets/brand/{file}',
  ),
};

export const authUiTable: Table = { ...account, ...ofPeople, ...centers, ...others };
