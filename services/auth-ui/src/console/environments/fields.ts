/** Lists the fields of an environment in the sections of its form, by its kind of directory. */
import type { Environment } from '@gatehouse/contracts/environment-api/administration/environments';
import type { Directory } from '@gatehouse/contracts/environment-api/directory';
import type { EnvironmentChange } from '@gatehouse/contracts/resources/environment';
import {
  bodyOf,
  type Input,
  inputsBelow,
  optionsBelow,
  type Reading,
  type Typed,
  textAt,
} from '../form/inputs.ts';
import { type Section, sectionsBelow } from '../form/sections.ts';
import type { FormField } from '../shell/parts.ts';
import type { ConsoleVisit } from '../shell/shell.ts';
import { linesOf, numberOf } from '../shell/typed.ts';

/** `isFixed`: only when the environment is made. */
interface EnvironmentInput extends Input {
  isFixed?: boolean;
}

const section = sectionsBelow('console.environments.section');
const named = inputsBelow('field.environment', 'console.environments.field');
const input = (path: string, kind: Input['kind'], more: Partial<EnvironmentInput> = {}): EnvironmentInput =>
  named(path, kind, { empty: 'leave', ...more });

const code = (path: string, more: Partial<EnvironmentInput> = {}) =>
  input(path, 'text', { look: { isCode: true }, ...more });
/** People copy it from a mail or a document, with the spaces around it. */
const password = (path: string) =>
  input(path, 'secret', { reading: { shown: () => '', read: (text) => text.trim() } });
const lines = (path: string, more: Partial<EnvironmentInput> = {}) =>
  input(path, 'lines', { look: { isCode: true }, ...more });

/** `host`, `host:port` or `[address]:port` in each line. */
const serversAs = (read: (address: string, port: number | string | undefined) => object): Reading => ({
  shown: (value) =>
    (value as { address: string; port: number }[])
      .map((one) => hostAndPort(one.address, one.port))
      .join('\n'),
  read: (text) =>
    linesOf(text).map((line) => {
      const [, bracketed, plain, port] = /^(?:\[([^\]]*)\]|([^:]*))(?::(.*))?$/.exec(line) ?? [];
      return read(bracketed ?? plain ?? line, port === undefined ? undefined : numberOf(port));
    }),
});
const configServers = serversAs((primaryAddress, port = 8888) => ({ primaryAddress, primaryPort: port }));
const ldapServers = serversAs((address, port) => (port === undefined ? { address } : { address, port }));

export function hostAndPort(address: string, port: number): string {
  return `${address.includes(':') ? `[${address}]` : address}:${port}`;
}

const pem: Partial<FormField> = { kind: 'textarea', rows: 6, isCode: true };

const encryption = section('encryption', [
  input('tlsEnabled', 'flag', { initial: 'true' }),
  input('tls.ca', 'text', { empty: 'clear', look: pem }),
  code('tls.serverName', { empty: 'clear' }),
  input('tls.mutual.cert', 'text', { look: pem }),
  input('tls.mutual.key', 'secret', { look: pem }),
]);

const traceModes = (
  [
    ['CFGTMNone', 'off'],
    ['CFGTMLocal', 'local'],
    ['CFGTMRemote', 'remote'],
    ['CFGTMBoth', 'both'],
  ] as const
).map(([value, name]) => ({ value, label: `console.environments.traceMode.${name}` as const }));

const ldapTypes = optionsBelow('console.environments.ldap.type', ['standard', 'activeDirectory']);

const attributes = [
  'userName',
  'firstName',
  'lastName',
  'email',
  'employeeId',
  'externalId',
  'groupName',
  'member',
];

/** `servers` of a Configuration Server environment are pages of their own, except for the first ones. */
const sections: Record<Directory, readonly Section[]> = {
  configServer: [
    section('account', [
      input('username', 'text', { isRequired: true }),
      password('password'),
      input('tenant', 'text'),
      input('appName', 'text', { initial: 'default' }),
    ]),
    section('servers', [
      lines('configServers', { isFixed: true, reading: configServers }),
      code('consulService', { empty: 'clear' }),
      code('srvRecord', { empty: 'clear' }),
    ]),
    encryption,
    section('keepAlive', [
      input('localTimeout', 'number', { initial: '20' }),
      input('remoteTimeout', 'number', { initial: '20' }),
      input('traceMode', 'choice', { options: traceModes, initial: 'CFGTMNone', isRequired: true }),
    ]),
  ],
  ldap: [
    section('ldap', [
      input('ldap.type', 'choice', {
        options: ldapTypes,
        initial: 'standard',
        isRequired: true,
        isFixed: true,
      }),
      lines('ldap.servers', { reading: ldapServers }),
      code('srvRecord', { empty: 'clear' }),
      code('ldap.bindDn', { isRequired: true }),
      password('ldap.bindPassword'),
    ]),
    encryption,
    section('search', [
      input('ldap.startTls', 'flag'),
      lines('ldap.baseDns', { isRequired: true }),
      lines('ldap.groupBaseDns', { empty: 'clear' }),
      code('ldap.filters.person'),
      code('ldap.filters.group'),
      input('ldap.groupDepth', 'number', { initial: '5' }),
      input('ldap.pollSeconds', 'number', { initial: '30' }),
    ]),
    section('attributes', [
      code('ldap.attributes.id', { isFixed: true }),
      ...attributes.map((name) => code(`ldap.attributes.${name}`)),
    ]),
  ],
  people: [],
};

/** Of a new one every field, which leaves out what is empty; a change keeps secrets that are not typed. */
export function sectionsFor(directory: Directory, isNew: boolean): Section[] {
  return sections[directory].map((one) => ({
    ...one,
    inputs: one.inputs
      .filter(({ isFixed }: EnvironmentInput) => isNew || !isFixed)
      .map(isNew ? asNew : asKept),
  }));
}

export const inputsFor = (directory: Directory, isNew: boolean): Input[] =>
  sectionsFor(directory, isNew).flatMap(({ inputs }) => inputs);

const asNew = (one: Input): Input => ({
  ...one,
  empty: 'leave',
  ...(one.kind === 'secret' && one.path !== 'tls.mutual.key' && { isRequired: true }),
});

const asKept = (one: Input): Input =>
  one.kind === 'secret' ? { ...one, hint: 'console.environments.secret.kept' } : one;

/** Without a certificate there is nothing to show to servers, and its key goes, too. */
export function changeOf(
  visit: ConsoleVisit,
  typed: Typed,
  { directory, tls }: Environment,
): EnvironmentChange {
  const body = bodyOf<EnvironmentChange>(visit, inputsFor(directory, false), typed);
  const ends = tls?.mutual !== undefined && textAt(typed, 'tls.mutual.cert').trim() === '';
  return ends ? { ...body, tls: { ...body.tls, mutual: null } } : body;
}
