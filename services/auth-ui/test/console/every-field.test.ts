/** Each described field has a place at the console, or a reason why it has none, and a new column is in its list: none can be forgotten. */
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { linkKinds } from '@gatehouse/contracts/environment-api';
import { inputsOf, type Resource } from '@gatehouse/contracts/resource';
import { knownSettingNames } from '@gatehouse/contracts/resources';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { fieldNames } from './html.ts';
import { startTableStage, type TableStage } from './table-stage.ts';

type Places = TableStage & { ldapId: string };

interface Form {
  /** Of something new, with fixed fields. */
  isNew: boolean;
  /** Together they have each field. */
  pages: (places: Places) => string[];
  /** Fields that are called otherwise on the page, or are several there. */
  named?: Readonly<Record<string, readonly string[]>>;
  /** Fields that the form does not have, and why. */
  without?: Readonly<Record<string, string>>;
}

const center = ({ centerId }: Places) => `contact-centers/${centerId}`;
const receiver = ({ signalPath }: Places) => signalPath.replace('/auth/console/', '');
const pathsFor = (paths: string | Form['pages']) => (typeof paths === 'string' ? () => [paths] : paths);
const made = (paths: string | Form['pages'], more: Partial<Form> = {}): Form => ({
  isNew: true,
  pages: pathsFor(paths),
  ...more,
});
const changed = (paths: string | Form['pages'], more: Partial<Form> = {}): Form => ({
  ...made(paths, more),
  isNew: false,
});

const signOn = (protocol: string) =>
  changed((places) => [`${center(places)}/single-sign-on/settings?protocol=${protocol}`], {
    without: { enabled: 'a question asks before it changes' },
  });
const ofCenter: Partial<Form> = {
  named: { membership: ['membershipBy', 'membershipNames'] },
  without: { auth: 'it has one value, which the overview shows' },
};
const anotherValue = 'with another one it is another value';

const forms: Readonly<Record<string, readonly Form[]>> = {
  administrator: [made('administrators/add', { named: { way: ['way', 'issuer'] } })],
  apiKey: [made((places) => [`${center(places)}/api-keys/create`])],
  appointment: [
    made((places) => [`${center(places)}/administrators/add`], { named: { way: ['way', 'issuer'] } }),
  ],
  branding: [
    changed(({ centerId }) => [`branding/edit?cc=${centerId}&location=%2F`], {
      named: { links: linkKinds.map((kind) => `link.${kind}`) },
    }),
  ],
  client: [
    changed('clients/one/gateway/edit', {
      without: { client_secret: 'a page of its own replaces it, and shows the new one once' },
    }),
  ],
  configServer: [
    made(({ environmentId }) => [`environments/${environmentId}/servers/new`], {
      without: { id: 'Environment API gives it' },
    }),
  ],
  contactCenter: [
    made('contact-centers/create', ofCenter),
    changed((places) => [`${center(places)}/edit`, `${center(places)}/second-factor/edit`], ofCenter),
  ],
  environment: [
    made(
      () => ['configServer', 'ldap', 'people'].map((directory) => `environments/new?directory=${directory}`),
      { without: { directory: 'the page before asks for it' } },
    ),
    changed(({ environmentId, ldapId }) => [environmentId, ldapId].map((id) => `environments/${id}/change`), {
      without: { configServers: 'each has a page of its own' },
    }),
  ],
  knownSetting: [
    made(() => knownSettingNames.map((name) => `settings/add?name=${name}`), {
      named: Object.fromEntries(knownSettingNames.map((name) => [name, ['value']])),
    }),
  ],
  location: [made('locations/declare')],
  oidc: [signOn('oidc')],
  origin: [
    made((places) => [`${center(places)}/origins/add`], {
      without: { contactCenterId: 'the form is a page of the contact centre' },
    }),
  ],
  person: [
    made(({ storedId }) => [`people/add?contactCenter=${storedId}`]),
    changed(({ storedId }) => [`people/change?user=mira&contactCenter=${storedId}`], {
      without: { status: 'a question asks before it changes' },
    }),
  ],
  saml: [signOn('saml')],
  setting: [
    made('settings/add'),
    changed('settings/change?name=x-voice.codec&location=%2F', {
      without: { name: anotherValue, location: anotherValue },
    }),
  ],
  signalReceiver: [made('signal-receivers/add'), changed((places) => [`${receiver(places)}/change`])],
  signingKey: [
    made('keys/import', { named: { pem: ['key', 'keyFile'], jwk: ['key', 'keyFile'], pkcs12: ['keyFile'] } }),
  ],
};

/** Lists whose rows have the fields of the description. */
const lists: Readonly<Record<string, (places: Places) => string>> = {
  administrator: () => 'administrators',
  apiKey: (places) => `${center(places)}/api-keys`,
  client: () => 'clients',
  configServer: ({ environmentId }) => `environments/${environmentId}`,
  contactCenter: () => 'contact-centers',
  environment: () => 'environments',
  location: () => 'locations',
  setting: () => 'settings',
  signalReceiver: () => 'signal-receivers',
};

let places: Places;
beforeAll(async () => {
  const stage = await startTableStage();
  const ldap = {
    servers: [{ address: 'dc-1.corp.example' }],
    ...{ bindDn: 'cn=reader,dc=corp,dc=example', bindPassword: 'demo-bind-password' },
    baseDns: ['dc=corp,dc=example'],
  };
  const { id: ldapId } = await stage.write('POST', '/environments', { directory: 'ldap', ldap });
  places = { ...stage, ldapId };
});
afterAll(() => places?.close());

const folder = new URL('../../../../packages/contracts/src/resources/', import.meta.url);
const files = readdirSync(fileURLToPath(folder)).filter((file) => file.endsWith('.ts'));
const modules: object[] = await Promise.all(files.map((file) => import(new URL(file, folder).href)));
const resources = modules
  .flatMap((module): unknown[] => Object.values(module))
  .filter((one): one is Resource => typeof one === 'object' && one !== null && 'fields' in one);

it('each description has its forms here', () => {
  expect([...new Set(resources.map(({ name }) => name))].sort()).toEqual(Object.keys(forms));
});

it.each(resources)('the forms of $name have each field', async (resource) => {
  for (const { isNew, pages, named = {}, without = {} } of forms[resource.name] ?? []) {
    const opened = await Promise.all(
      pages(places).map((path) => places.person.open(`/auth/console/${path}`)),
    );
    const there = opened.flatMap(({ html }) =>
      fieldNames(html.replaceAll(/<input type="hidden"[^>]*>/g, '')),
    );
    const has = (path: string) => there.some((name) => name === path || name.startsWith(`${path}.`));
    const asked = inputsOf(resource).filter(({ facts }) => isNew || !facts.isFixed);
    const lacking = asked.flatMap(({ path }) => (named[path] ?? [path]).filter((name) => !has(name)));
    expect(lacking, `fields that ${opened[0]?.path} lacks`).toEqual(Object.keys(without));
    const words = opened.map(({ text }) => text).join(' ');
    for (const { path, facts } of asked) if (has(path)) expect(words, path).toContain(facts.label);
  }
});

it.each(Object.entries(lists))(
  'the list of each %s has a column that its description adds',
  async (name, pathOf) => {
    const resource = resources.find((one) => one.name === name) as Resource;
    // A form takes an object apart, and a cell has no room for it.
    const added = inputsOf(resource)
      .filter(({ path, facts }) => !(path.includes('.') || facts.isColumn || facts.isSecret))
      .map(({ facts }) => facts);
    const headings = async () => {
      const { html } = await places.person.open(`/auth/console/${pathOf(places)}`);
      expect(html).not.toContain('[object');
      return [...html.matchAll(/<th scope="col"[^>]*>([^<]*)/g)].map(([, heading = '']) => heading.trim());
    };
    const before = await headings();
    for (const facts of added) facts.isColumn = true;
    const after = await headings().finally(() => {
      for (const facts of added) delete facts.isColumn;
    });
    const labels = added.map(({ label }) => label);
    expect(after.toSorted()).toEqual([...before, ...labels].toSorted());
  },
);
