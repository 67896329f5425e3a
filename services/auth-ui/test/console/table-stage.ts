/** Fills the installation that the pages of the table show, and keeps the ids that their addresses need. */
import { vi } from 'vitest';
import { createClient, opsCall } from '../../../auth-api/test/stack/oauth.ts';
import { createPeopleStore } from '../../../environment-api/test/people-store.ts';
import { flat } from '../../../environment-api/test/pictures.ts';
import { createScimCalls } from '../../../environment-api/test/scim-client.ts';
import type { Person } from './person.ts';
import { people, type Stage, startStage } from './stage.ts';

export type TableStage = Awaited<ReturnType<typeof startTableStage>>;

type Write = (method: 'POST' | 'PUT' | 'PATCH', path: string, data: object) => Promise<{ id: string }>;

export async function startTableStage() {
  const stage = await startStage();
  const person = await stage.installationAdministrator();
  const { contactCenterId: centerId, environmentId } = stage;
  const write: Write = async (method, path, data) => {
    const answer = await stage.environmentApi.call(method, path, { payload: { data } });
    if (answer.status !== 200) throw new Error(`${method} ${path}: ${answer.text}`);
    return answer.body.data;
  };
  const center = `/contact-centers/${centerId}`;

  await fillClients(stage);
  for (const location of ['/EUC1', '/USW1', '/USW1/DC2']) await write('POST', '/locations', { location });
  await fillSettings(stage, write, center);
  const { id: managedId } = await write('POST', '/contact-centers', {
    environmentId,
    name: 'Harbour Insurance',
    domains: ['harbour', 'harbour.example'],
    auth: 'configServer',
    membership: { by: 'all' },
  });
  await write('POST', '/cors', { contactCenterId: centerId, origin: 'https://desk.example.com' });
  const key = await write('POST', `${center}/api-keys`, { name: 'Wallboard', purpose: 'api' });
  await write('PUT', `${center}/branding`, {
    name: 'Nordic Travel',
    byName: true,
    colors: { accent: '#7a2bbf' },
    greeting: { en: 'Good to see you. Your customers are waiting.' },
    links: [{ kind: 'help', url: 'https://nordic.example/help' }],
    notice: {
      kind: 'maintenance',
      text: { en: 'On Sunday from two to four nobody can sign in.' },
      from: '2020-01-01T00:00:00Z',
      until: '2040-01-01T00:00:00Z',
    },
  });
  await uploadLogo(stage, person);
  await write('PUT', `${center}/oidc`, {
    issuer: 'https://idp.example.com',
    clientId: 'gatehouse',
    clientSecret: 'a secret of the provider',
  });
  const { contactCenterId: storedId } = await createPeopleStore(stage.environmentApi);
  await write('PATCH', `/contact-centers/${storedId}`, { name: 'Seaside Support' });
  const scim = await createScimCalls(stage.environmentApi, storedId);
  const { id: storedPersonId } = await scim.user({
    userName: 'mira',
    active: true,
    name: { givenName: 'Mira', familyName: 'Lindqvist' },
  });
  await scim.user({ userName: 'noor', active: true, name: { givenName: 'Noor', familyName: 'Haddad' } });
  await write('POST', `/contact-centers/${storedId}/people/${storedPersonId}/links`, {
    ...{ protocol: 'oidc', issuer: 'https://idp.example.com', subject: '00u1a2b3c4' },
  });
  await write('PATCH', center, { domains: ['demo', 'demo.example'] });
  await manage(stage);
  await registerReceiver(stage);
  await signPeopleIn(stage);
  const { sub } = await stage.session.read(person);
  return {
    ...stage,
    person,
    centerId,
    environmentId,
    managedId,
    storedId,
    storedPersonId,
    sub,
    write,
    apiKeyId: key.id,
    /** Of a request that both audit trails know something about. */
    ...(await find(stage, person)),
  };
}

/** Documents manage some of what the pages show. */
async function manage({ environmentApi }: Stage): Promise<void> {
  const document = (kind: string, name: string, spec: object, place: object = {}) => ({
    apiVersion: 'gatehouse/v1',
    kind,
    metadata: { name, ...place },
    spec,
  });
  const documents = [
    document('Location', '/EUC1', {}),
    document('ContactCenter', 'harbour', { name: 'Harbour Insurance', membership: { by: 'all' } }),
    document('Branding', '/', { name: 'Harbour Insurance' }, { contactCenter: 'harbour' }),
    document('Setting', 'x-harbour-codec', { value: 'opus' }, { contactCenter: 'harbour' }),
  ];
  const answer = await environmentApi.call('POST', '/apply', {
    payload: { owner: 'platform/git', revision: '4f1c2a9', documents },
  });
  if (answer.body.data?.isApplied !== true) throw new Error(answer.text);
}

async function fillClients({ authApi }: Stage): Promise<void> {
  const desktop = { client_id: 'agent-desktop', name: 'Agent desktop', description: 'Ask the desktop team' };
  await createClient(authApi, desktop);
  await createClient(authApi, {
    client_id: 'gateway',
    name: 'Gateway',
    authorizedGrantTypes: ['urn:ietf:params:oauth:grant-type:token-exchange'],
    tokenExchange: { subjectClients: [desktop.client_id], audiences: ['calls-api'], delegation: true },
  });
  for (const client_id of [desktop.client_id, 'agent-desktop-of-another-installation']) {
    const asked = { client_id, response_type: 'code', redirect_uri: 'https://desktop.example.com/other' };
    await authApi.app.inject({ url: `/auth/v3/oauth/authorize?${new URLSearchParams(asked)}` });
  }
}

/** Nobody is there, so a test event is not accepted. */
async function registerReceiver({ authApi, contactCenterId }: Stage): Promise<void> {
  const data = {
    endpoint: 'https://monitoring.example.com/security-events/from-gatehouse',
    audience: 'https://monitoring.example.com',
    bearerToken: 'a-bearer-token-of-the-receiver',
    contactCenterIds: [contactCenterId],
  };
  const { status } = await opsCall(authApi, 'POST', '/auth/v3/ops/signal-receivers', { data });
  if (status !== 200) throw new Error(`the receiver was answered with ${status}`);
}

async function fillSettings(
  { environmentApi, contactCenterId }: Stage,
  write: Write,
  center: string,
): Promise<void> {
  const values = [
    ['/settings', 'x-recording.retention-days', '90', '/'],
    ['/settings', 'x-recording.retention-days', '30', '/EUC1'],
    ['/settings', 'x-voice.codec', 'opus', '/'],
    [`${center}/settings`, 'x-recording.retention-days', '14', '/EUC1'],
    [`${center}/settings`, 'x-queue.announcement', 'Your call matters to us.', '/'],
  ] as const;
  for (const [path, name, value, location] of values) await write('POST', path, { name, value, location });
  // Of a release that took every name.
  await environmentApi.pool.query(
    `INSERT INTO environment.settings (contact_center_id, name, location, value, shared) VALUES ($1, 'cors-origin', '/', 'https://desk.example.com', false)`,
    [contactCenterId],
  );
}

async function uploadLogo(stage: Stage, person: Person): Promise<void> {
  const path = '/auth/console/branding/logo';
  const page = await person.open(`${path}?cc=${stage.contactCenterId}&location=%2F`);
  const form = new FormData();
  for (const [name, value] of Object.entries(page.forms.find(({ action }) => action === path)?.fields ?? {}))
    if (name !== 'logo') form.set(name, value);
  const picture = await flat(400, 160, '#d4002a').png().toBuffer();
  form.set('logo', new Blob([new Uint8Array(picture)], { type: 'image/png' }), 'logo.png');
  const { status } = await person.request(path, { method: 'POST', body: form });
  if (status !== 303) throw new Error(`the logo was answered with ${status}`);
}

/** Some get in, some do not: what the first page counts and what a person's page lists. */
async function signPeopleIn(stage: Stage): Promise<void> {
  for (const one of [people.agent, people.agent, people.admin, { ...people.agent, password: 'mistyped' }])
    await stage.newPerson().openAs('/auth/account', one);
  await stage.newPerson().openAs('/auth/account', { ...people.agent, tenant: 'no-such-tenant' });
  await stage.authApi.deps.activity.flush();
}

async function find(stage: Stage, person: Person) {
  const path = '/auth/console/audit';
  const [request, session, kid, signals] = await Promise.all([
    vi.waitFor(
      async () => {
        const { links } = await person.open(`${path}/changes?entity=contact-center`);
        return found(links, `${path}/requests/`);
      },
      { timeout: 10_000, interval: 200 },
    ),
    person.open(`/auth/console/people/person?user=agent&contactCenter=${stage.contactCenterId}`),
    person.open('/auth/console/keys'),
    person.open('/auth/console/signal-receivers'),
  ]);
  return {
    requestPath: request,
    endSessionPath: found(session.links, '/auth/console/people/end-session?'),
    retireKeyPath: found(kid.links, '/auth/console/keys/retire?'),
    signalPath: found(signals.links, '/auth/console/signal-receivers/one/'),
    removeKeyPath: found(kid.links, '/auth/console/keys/remove?'),
  };
}

function found(links: { href: string }[], start: string): string {
  const link = links.find(({ href }) => href.startsWith(start));
  if (link === undefined) throw new Error(`no link to ${start}`);
  return link.href;
}
