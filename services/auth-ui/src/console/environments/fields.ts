/** Makes the form of an environment from the description of its fields: its sections by the kind of directory, and what was typed. */
import type { Environment } from '@gatehouse/contracts/environment-administration';
import {
  classicTraceModes,
  type Directory,
  directories,
  isOwnDirectory,
  type KeptElsewhere,
  peopleSources,
} from '@gatehouse/contracts/environment-api';
import {
  environment as description,
  type EnvironmentChange,
  ldapFields,
  type NewEnvironment,
} from '@gatehouse/contracts/resources';
import { describedInputs, inputsAt } from '../form/described.ts';
import { bodyOf, type Input, optionsBelow, type Reading, type Typed, textAt } from '../form/inputs.ts';
import { type Section, sectionsBelow } from '../form/sections.ts';
import type { FormField } from '../shell/parts.ts';
import type { ConsoleVisit } from '../shell/shell.ts';
import { configServerLines, ldapServerLines } from './server-lines.ts';

const section = sectionsBelow('console.environments.section');

/** The groups of the description in each section, which has the title of the first one. */
const sections: Record<KeptElsewhere, readonly (readonly [title: string, ...others: string[]])[]> = {
  configServer: [['account'], ['servers', 'registry'], ['encryption'], ['keepAlive']],
  ldap: [['ldap', 'servers', 'registry', 'account'], ['encryption'], ['search'], ['attributes']],
};

/** Most installations keep what a new environment has. */
const rare = ['encryption', 'keepAlive', 'attributes'];

/** Some of the fields are of both kinds of servers. */
const isOf = (directory: Directory, path: string): boolean =>
  directory === 'ldap' ? /^(?:ldap\.|tls|srvRecord$)/.test(path) : !path.startsWith('ldap.');

const pem: Partial<FormField> = { kind: 'textarea', rows: 6, isCode: true };

/** People copy it from a mail or a document, with the spaces around it. */
const copied: Reading = { shown: () => '', read: (text) => text.trim() };

const traceModes = Object.entries(classicTraceModes).map(([name, value]) => ({
  value,
  label: `console.environments.traceMode.${name as keyof typeof classicTraceModes}` as const,
}));

/** Where the console has more to say about a field than its description. */
const own: Readonly<Record<string, Partial<Input>>> = {
  password: { reading: copied },
  configServers: { kind: 'lines', reading: configServerLines, initial: '' },
  'tls.ca': { appearance: pem },
  // An environment need not have a certificate of its own.
  'tls.mutual.cert': { appearance: pem, empty: 'leave', isRequired: false },
  'tls.mutual.key': { appearance: pem },
  // Their options say what the help says.
  connectionProtocol: { kind: 'choice', hint: undefined, options: [{ value: 'addp' }], isRequired: true },
  traceMode: {
    kind: 'choice',
    hint: undefined,
    options: traceModes,
    initial: classicTraceModes.off,
    isRequired: true,
  },
  'ldap.type': { options: optionsBelow('console.environments.ldap.type', ['standard', 'activeDirectory']) },
  'ldap.servers': { kind: 'lines', reading: ldapServerLines },
  'ldap.bindPassword': { reading: copied },
};

const names = ['name', 'username', 'tenant', 'appName'];

/** By the directory: no schema tells it. */
const needed = directories.flatMap((directory) => peopleSources[directory].needs);

const attributes = Object.entries(ldapFields.attributes.unwrap().shape);

/** The fields that an environment need not have. An attribute without text is one that the directory does not have. */
const mayBeNone = [
  'ldap.servers',
  'ldap.groupBaseDns',
  ...attributes.flatMap(([name, schema]) =>
    schema.safeParse('').success ? [`ldap.attributes.${name}`] : [],
  ),
];

/** In a change, emptied texts are sent, so that the API refuses them: left out, the stored ones would stay without a word. */
function inChange({ path, kind, empty }: Input): Partial<Input> {
  if (empty !== 'leave' || kind === 'secret' || kind === 'flag') return {};
  return { empty: undefined, isRequired: !mayBeNone.includes(path) };
}

function asTyped(input: Input, isNew: boolean): Input {
  const { path, kind } = { ...input, ...own[input.path] };
  const isKept = kind === 'secret' && !isNew;
  const isCode = (kind === 'text' || kind === 'lines') && !names.includes(path);
  return {
    ...input,
    appearance: { ...input.appearance, ...(isCode && { isCode }) },
    ...(needed.includes(path) && { isRequired: !isKept }),
    ...(isKept && { hint: 'console.environments.secret.kept' }),
    ...(!isNew && inChange(input)),
    ...own[path],
  };
}

/** A change keeps secrets that are not typed. Configuration Servers that exist have pages of their own. */
export function sectionsFor(directory: Directory, isNew: boolean): Section[] {
  const described = describedInputs(description, { isNew }).filter(
    ({ path }) => isNew || path !== 'configServers',
  );
  const typed = (group: string) =>
    described
      .filter((input) => input.group === group && isOf(directory, input.path))
      .map((input) => asTyped(input, isNew));
  // A new one gets its usual name where nobody types one.
  const name = inputsAt(described, 'name').map((input) => asTyped(input, isNew));
  return [
    { inputs: name },
    ...(isOwnDirectory(directory) ? [] : sections[directory]).map((groups) => ({
      ...section(groups[0], groups.flatMap(typed)),
      folds: rare.includes(groups[0]),
    })),
    ...(isNew
      ? [
          {
            title: 'console.contactCenters.further' as const,
            inputs: inputsAt(described, 'id').map((input) => asTyped(input, isNew)),
            folds: true,
          },
        ]
      : []),
  ];
}

export const inputsFor = (directory: Directory, isNew: boolean): Input[] =>
  sectionsFor(directory, isNew).flatMap(({ inputs }) => inputs);

export const newOf = (visit: ConsoleVisit, directory: Directory, typed: Typed): NewEnvironment => ({
  directory,
  ...bodyOf(visit, inputsFor(directory, true), typed),
});

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
