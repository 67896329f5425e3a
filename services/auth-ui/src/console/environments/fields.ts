/** Defines the fields of an environment as a form shows them, and turns what was typed into the body that the API takes. */
import type { Environment } from '@gatehouse/contracts/environment-api/administration/environments';
import type { Directory } from '@gatehouse/contracts/environment-api/directory';
import { isTextKey, type TextKey } from '../../texts/texts.ts';
import type { FormField } from '../shell/parts.ts';
import type { ConsoleVisit } from '../shell/shell.ts';
import { linesOf, numberOf } from '../shell/typed.ts';

/** How the text of a field becomes a value of the API. */
type Kind = 'text' | 'code' | 'lines' | 'number' | 'flag' | 'secret' | 'pem' | 'servers';

interface FieldSpec {
  /** Path in the body of the API, which names it so in its refusals. */
  name: string;
  kind: Kind;
  isRequired?: boolean;
  /** An empty field takes the value away instead of leaving it. */
  isClearable?: boolean;
  /** Only when the environment is made. */
  isFixed?: boolean;
  options?: readonly { value: string; label: TextKey }[];
  initial?: string;
}

interface SectionSpec {
  title: TextKey;
  text: TextKey;
  fields: readonly FieldSpec[];
}

const encryption: SectionSpec = {
  title: 'console.environments.section.encryption',
  text: 'console.environments.section.encryption.text',
  fields: [
    { name: 'tlsEnabled', kind: 'flag', initial: 'true' },
    { name: 'tls.ca', kind: 'pem', isClearable: true },
    { name: 'tls.serverName', kind: 'code', isClearable: true },
  ],
};

const traceModes = [
  { value: 'CFGTMNone', label: 'console.environments.traceMode.off' },
  { value: 'CFGTMLocal', label: 'console.environments.traceMode.local' },
  { value: 'CFGTMRemote', label: 'console.environments.traceMode.remote' },
  { value: 'CFGTMBoth', label: 'console.environments.traceMode.both' },
] as const;

const ldapTypes = [
  { value: 'standard', label: 'console.environments.ldap.type.standard' },
  { value: 'activeDirectory', label: 'console.environments.ldap.type.activeDirectory' },
] as const;

/** `servers` of a Configuration Server environment are pages of their own, except for the first ones. */
const sections: Record<Directory, readonly SectionSpec[]> = {
  configServer: [
    {
      title: 'console.environments.section.account',
      text: 'console.environments.section.account.text',
      fields: [
        { name: 'username', kind: 'text', isRequired: true },
        { name: 'password', kind: 'secret' },
        { name: 'tenant', kind: 'text' },
        { name: 'appName', kind: 'text', initial: 'default' },
      ],
    },
    {
      title: 'console.environments.section.servers',
      text: 'console.environments.section.servers.text',
      fields: [
        { name: 'configServers', kind: 'servers', isFixed: true },
        { name: 'consulService', kind: 'code', isClearable: true },
        { name: 'srvRecord', kind: 'code', isClearable: true },
      ],
    },
    encryption,
    {
      title: 'console.environments.section.keepAlive',
      text: 'console.environments.section.keepAlive.text',
      fields: [
        { name: 'localTimeout', kind: 'number', initial: '20' },
        { name: 'remoteTimeout', kind: 'number', initial: '20' },
        { name: 'traceMode', kind: 'text', options: traceModes, initial: 'CFGTMNone' },
      ],
    },
  ],
  ldap: [
    {
      title: 'console.environments.section.ldap',
      text: 'console.environments.section.ldap.text',
      fields: [
        { name: 'ldap.type', kind: 'text', options: ldapTypes, initial: 'standard', isFixed: true },
        { name: 'ldap.servers', kind: 'servers' },
        { name: 'srvRecord', kind: 'code', isClearable: true },
        { name: 'ldap.bindDn', kind: 'code', isRequired: true },
        { name: 'ldap.bindPassword', kind: 'secret' },
      ],
    },
    encryption,
    {
      title: 'console.environments.section.search',
      text: 'console.environments.section.search.text',
      fields: [
        { name: 'ldap.startTls', kind: 'flag' },
        { name: 'ldap.baseDns', kind: 'lines', isRequired: true },
        { name: 'ldap.groupBaseDns', kind: 'lines', isClearable: true },
        { name: 'ldap.filters.person', kind: 'code' },
        { name: 'ldap.filters.group', kind: 'code' },
        { name: 'ldap.groupDepth', kind: 'number', initial: '5' },
        { name: 'ldap.pollSeconds', kind: 'number', initial: '30' },
      ],
    },
    {
      title: 'console.environments.section.attributes',
      text: 'console.environments.section.attributes.text',
      fields: [
        { name: 'ldap.attributes.id', kind: 'code', isFixed: true },
        ...[
          'userName',
          'firstName',
          'lastName',
          'email',
          'employeeId',
          'externalId',
          'groupName',
          'member',
        ].map((attribute): FieldSpec => ({ name: `ldap.attributes.${attribute}`, kind: 'code' })),
      ],
    },
  ],
  people: [],
};

const fieldsOf = (directory: Directory) => sections[directory].flatMap(({ fields }) => fields);

export type Typed = Readonly<Record<string, unknown>>;

const textOf = (typed: Typed, name: string) => {
  const value = typed[name];
  return typeof value === 'string' ? value.trim() : '';
};

/** What a form shows at first: of a new environment, or of one that exists. Secrets are never shown. */
export function typedOf(directory: Directory, environment?: Environment): Typed {
  return Object.fromEntries(
    fieldsOf(directory).map(({ name, kind, isFixed, initial = '' }) => {
      if (environment === undefined) return [name, initial];
      if (isFixed) return [name, ''];
      const value = kind === 'secret' ? undefined : valueAt(environment, name.split('.'));
      return [name, shownAs(kind, value)];
    }),
  );
}

function valueAt(value: unknown, path: readonly string[]): unknown {
  const [first, ...rest] = path;
  if (first === undefined || typeof value !== 'object' || value === null)
    return first === undefined ? value : undefined;
  return valueAt((value as Record<string, unknown>)[first], rest);
}

function shownAs(kind: Kind, value: unknown): string {
  if (value === undefined || value === null) return '';
  if (kind === 'servers')
    return (value as { address: string; port: number }[])
      .map(({ address, port }) => hostAndPort(address, port))
      .join('\n');
  return Array.isArray(value) ? value.join('\n') : String(value);
}

export function hostAndPort(address: string, port: number): string {
  return `${address.includes(':') ? `[${address}]` : address}:${port}`;
}

export function formSections({ text }: ConsoleVisit, directory: Directory, typed: Typed, isNew: boolean) {
  return sections[directory].map((section) => ({
    title: text(section.title),
    text: text(section.text),
    fields: section.fields
      .filter(({ isFixed }) => isNew || !isFixed)
      .map((spec): FormField => {
        const { name, kind, options } = spec;
        const key = `console.environments.field.${name}` as TextKey;
        const hintKey = kind === 'secret' && !isNew ? 'console.environments.secret.kept' : `${key}.hint`;
        const value = textOf(typed, name);
        return {
          name,
          label: text(key),
          hint: isTextKey(hintKey) ? text(hintKey) : undefined,
          kind: options ? 'select' : inputOf[kind],
          value: kind === 'secret' ? '' : value,
          isChecked: kind === 'flag' && value === 'true',
          isCode: ['code', 'lines', 'servers', 'pem'].includes(kind),
          isRequired: spec.isRequired === true || (kind === 'secret' && isNew),
          rows: kind === 'pem' ? 6 : 3,
          ...(options
            ? { options: options.map((option) => ({ value: option.value, label: text(option.label) })) }
            : {}),
        };
      }),
  }));
}

const inputOf = {
  text: 'text',
  code: 'text',
  number: 'number',
  flag: 'check',
  secret: 'password',
  lines: 'textarea',
  servers: 'textarea',
  pem: 'textarea',
} as const satisfies Record<Kind, FormField['kind']>;

/** The body of the API. What it does not understand is sent as typed, so that it can say what is wrong. */
export function bodyOf(directory: Directory, typed: Typed, isNew: boolean): Record<string, unknown> {
  const body: Record<string, unknown> = isNew ? { directory } : {};
  for (const { name, kind, isClearable, isFixed } of fieldsOf(directory)) {
    if (isFixed && !isNew) continue;
    const value = readAs(kind, textOf(typed, name), isClearable === true && !isNew, name);
    if (value !== undefined) put(body, name.split('.'), value);
  }
  return body;
}

function readAs(kind: Kind, text: string, clears: boolean, name: string): unknown {
  if (kind === 'flag') return text === 'true';
  if (kind === 'lines') return text === '' && !clears ? undefined : linesOf(text);
  if (kind === 'servers') return text === '' ? undefined : linesOf(text).map((line) => serverOf(line, name));
  if (text === '') return clears ? null : undefined;
  return kind === 'number' ? numberOf(text) : text;
}

/** `host`, `host:port` or `[address]:port`. */
function serverOf(line: string, name: string): Record<string, unknown> {
  const [, bracketed, plain, port] = /^(?:\[([^\]]*)\]|([^:]*))(?::(.*))?$/.exec(line) ?? [];
  const address = bracketed ?? plain ?? line;
  const number = port === undefined ? undefined : numberOf(port);
  if (name === 'configServers') return { primaryAddress: address, primaryPort: number ?? 8888 };
  return { address, ...(number === undefined ? {} : { port: number }) };
}

function put(body: Record<string, unknown>, [first = '', ...rest]: readonly string[], value: unknown): void {
  if (rest.length === 0) {
    body[first] = value;
    return;
  }
  const inner = (body[first] ?? {}) as Record<string, unknown>;
  body[first] = inner;
  put(inner, rest, value);
}
