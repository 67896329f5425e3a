import type { Environment } from '@gatehouse/contracts/environment-administration';
import { type Directory, directories } from '@gatehouse/contracts/environment-api';
import { type DescribedInput, inputsOf, labelKey } from '@gatehouse/contracts/resource';
import { environment as description, singleConfigServer } from '@gatehouse/contracts/resources';
import { describe, expect, it } from 'vitest';
import { environmentPage } from '../../src/console/environments/environment-page.ts';
import { changeOf, inputsFor } from '../../src/console/environments/fields.ts';
import { serverInputs } from '../../src/console/environments/server-pages.ts';
import { bodyOf, typedOf } from '../../src/console/form/inputs.ts';
import type { ConsoleVisit } from '../../src/console/shell/shell.ts';
import { fieldTexts, textsIn } from '../../src/texts/texts.ts';

const visit = { text: textsIn('en'), language: 'en' } as unknown as ConsoleVisit;

const all = inputsOf(description);
const known: Record<Directory, (path: string) => boolean> = {
  // The page before asks for the directory.
  configServer: (path) => path !== 'directory' && !path.startsWith('ldap.'),
  ldap: (path) =>
    path.startsWith('ldap.') || path.startsWith('tls') || ['id', 'name', 'srvRecord'].includes(path),
  people: (path) => ['id', 'name'].includes(path),
};
const fieldsOf = (directory: Directory): DescribedInput[] => all.filter(({ path }) => known[directory](path));
const pathsOf = (inputs: readonly { path: string }[]) => inputs.map(({ path }) => path).sort();

const plain = {
  name: 'Nordic directory',
  id: '0ddc0ffe-0000-4000-8000-000000000000',
  connectionProtocol: 'addp',
  traceMode: 'CFGTMBoth',
  localTimeout: 20,
  remoteTimeout: 30,
  appName: 'gatehouse',
  tlsEnabled: true,
  tls: { ca: 'CA', serverName: 'config.example', mutual: { cert: 'CERTIFICATE' } },
  srvRecord: '_config._tcp.example',
  createdAt: '2026-12-01T12:00:00Z',
  updatedAt: '2026-12-01T12:00:00Z',
} as const;

const configServers: Environment = {
  ...plain,
  directory: 'configServer',
  username: 'reader',
  tenant: 'Demo',
  consulService: 'config',
  configServers: [
    { id: 'a', primaryAddress: 'one.example', primaryPort: 8888, readOnly: false, locations: ['/'] },
  ],
};

const ldap: Environment = {
  ...plain,
  directory: 'ldap',
  configServers: [],
  ldap: {
    type: 'activeDirectory',
    servers: [
      { address: 'dc-1.corp.example', port: 636, locations: ['/EMEA', '/USW1'] },
      { address: 'fd00::1', port: 3269, locations: ['/'] },
    ],
    startTls: false,
    bindDn: 'cn=reader',
    baseDns: ['ou=a', 'ou=b'],
    groupBaseDns: ['ou=g'],
    filters: { person: '(a=b)', group: '(c=d)' },
    attributes: {
      id: 'objectGUID',
      userName: 'sAMAccountName',
      firstName: 'givenName',
      lastName: 'sn',
      email: 'mail',
      employeeId: 'employeeID',
      externalId: 'userPrincipalName',
      groupName: 'cn',
      member: 'member',
    },
    groupDepth: 5,
    pollSeconds: 30,
  },
};

const { tls: _tls, srvRecord: _record, ...others } = plain;
const people: Environment = { ...others, directory: 'people', configServers: [] };
const samples: Record<Directory, Environment> = { configServer: configServers, ldap, people };

describe.each(directories)('an environment with the directory %s', (directory) => {
  it('is made by a form with each of its fields', () => {
    expect(pathsOf(inputsFor(directory, true))).toEqual(pathsOf(fieldsOf(directory)));
  });

  it('is changed by a form with each field that is not fixed; Configuration Servers have pages of their own', () => {
    const changed = fieldsOf(directory).filter(
      ({ path, facts }) => !facts.isFixed && path !== 'configServers',
    );
    expect(pathsOf(inputsFor(directory, false))).toEqual(pathsOf(changed));
  });

  it('has a page with each of its values, except secrets and certificates', () => {
    const { facts, parts } = environmentPage(visit, samples[directory]);
    const labels = [...facts, ...parts.flatMap((part) => part.facts)].map(({ label }) => label);
    // The name is the heading.
    const elsewhere = ['name', 'tls.ca', 'tls.mutual.cert', 'configServers'];
    const shown = fieldsOf(directory).filter(
      ({ path, facts: { isSecret } }) => !isSecret && !elsewhere.includes(path),
    );
    for (const { path } of shown) expect(labels).toContain(fieldTexts[labelKey('environment', path)]);
  });
});

it.each([configServers, ldap])('sends back what $directory has where nobody typed anything', (sample) => {
  const inputs = inputsFor(sample.directory, false).filter(({ path }) => path !== 'ldap.servers');
  expect(sample).toMatchObject(bodyOf(visit, inputs, typedOf(inputs, sample)));
});

it.each([configServers, ldap])(
  'sends what somebody emptied of $directory, so that nothing stays without a word',
  (sample) => {
    const inputs = inputsFor(sample.directory, false);
    const emptied = inputs.filter(
      ({ kind, path }) => !['secret', 'flag'].includes(kind) && !path.endsWith('cert'),
    );
    for (const { path } of emptied) {
      const body = changeOf(visit, { ...typedOf(inputs, sample), [path]: '' }, sample);
      const sent = path.split('.').reduce<unknown>((value, name) => Object(value)[name], body);
      expect(['""', 'null', '[]'], path).toContain(JSON.stringify(sent));
    }
  },
);

describe('servers as lines', () => {
  const inputs = inputsFor('ldap', false);
  const typed = typedOf(inputs, ldap);

  it('carry the locations that they serve, and none where a server serves everywhere', () => {
    expect(typed['ldap.servers']).toBe('dc-1.corp.example:636 /EMEA /USW1\n[fd00::1]:3269');
    expect(changeOf(visit, typed, ldap).ldap?.servers).toEqual([
      { address: 'dc-1.corp.example', port: 636, locations: ['/EMEA', '/USW1'] },
      { address: 'fd00::1', port: 3269 },
    ]);
  });

  it('leave to the API what is not typed, and what is wrong', () => {
    const servers = ' dc-2.corp.example  /EMEA \n\ndc-3:x here';
    expect(changeOf(visit, { ...typed, 'ldap.servers': servers }, ldap).ldap?.servers).toEqual([
      { address: 'dc-2.corp.example', locations: ['/EMEA'] },
      { address: 'dc-3', port: 'x', locations: ['here'] },
    ]);
  });

  it('name Configuration Servers of a new environment, with the port that installers know', () => {
    const body = bodyOf(visit, inputsFor('configServer', true), {
      configServers: 'one.example\n[::1]:1 /EMEA',
    });
    expect(body['configServers']).toEqual([
      { primaryAddress: 'one.example', primaryPort: 8888 },
      { primaryAddress: '::1', primaryPort: 1, locations: ['/EMEA'] },
    ]);
  });
});

describe('an attribute without text', () => {
  const typed = { 'ldap.attributes.email': '', 'ldap.attributes.userName': '' };

  it('is one that the directory does not have; one that every person has is for the API to refuse', () => {
    const { attributes } =
      changeOf(visit, { ...typedOf(inputsFor('ldap', false), ldap), ...typed }, ldap).ldap ?? {};
    expect(attributes).toMatchObject({ email: '', userName: '', lastName: 'sn' });
  });

  it('of a new environment is left to the kind of directory', () => {
    expect(bodyOf(visit, inputsFor('ldap', true), typed)['ldap']).not.toHaveProperty('attributes');
  });
});

it('the form of a Configuration Server has each field, except the identifier that it gets', () => {
  expect(pathsOf(serverInputs)).toEqual(
    pathsOf(inputsOf(singleConfigServer)).filter((path) => path !== 'id'),
  );
});
