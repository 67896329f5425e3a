/** Builds the form of each protocol from the description of its settings. */
import type { SignOnRecord } from '@gatehouse/api-client/environment-api';
import { oidc, saml } from '@gatehouse/contracts/resources';
import type { SignOnProtocol } from '@gatehouse/contracts/values';
import { describedInputs } from '../form/described.ts';
import { type Input, inputsBelow, optionsBelow, type Typed, typedOf, words } from '../form/inputs.ts';
import { type Section, sectionsBelow } from '../form/sections.ts';

const texts = 'console.singleSignOn.field';
const section = sectionsBelow('console.singleSignOn.section');

/** In the order of the form. */
const groups = ['provider', 'person', 'people', 'who', 'protection', 'endpoints'];

/** Most installations keep what new settings have. */
const rare = ['people', 'who', 'protection', 'endpoints'];

/** These come first in their group. The others follow in the order of the description. */
const first = [
  'idpMetadataUrl',
  'issuer',
  'clientId',
  'tokenEndpointAuthMethod',
  'userNameSource',
  'userNameAttribute',
  'nameIdFormat',
  'userNameClaim',
  'userLookup',
  'userNameDomain',
  'createPeople',
  'subjectAttribute',
  'firstNameAttribute',
  'lastNameAttribute',
  'emailAttribute',
  'updatePeople',
  'peopleGroups',
  'scopes',
  'userInfo',
  'binding',
  'signRequests',
  'requireSignedResponse',
  'encryptAssertions',
  'allowIdpInitiated',
  'clockSkewSeconds',
  'responseMode',
  'prompt',
];
const rankOf = ({ path }: Input) => (first.includes(path) ? first.indexOf(path) : first.length);

/** Settings may wait without them, and no sign-in works before they are there. */
const needed = ['issuer', 'clientId'];

const metadataFile = inputsBelow(texts)('idpMetadataXmlFile', 'file');
/** Longer texts have several lines. */
const maxLine = 4096;

/** Where the console has more to say about a field than its description. Only a secret may be left out of what is sent. */
function asTyped(input: Input): Input {
  const { path, kind, appearance = {}, options = [] } = input;
  if (kind === 'secret') return input;
  const isRequired = input.empty !== 'clear';
  const sent: Input = { ...input, empty: isRequired ? undefined : 'clear' };
  const values = options.map(({ value }) => value);
  if (kind === 'choice') {
    const labelled = optionsBelow(`${texts}.${path}`, values);
    return isRequired
      ? { initial: values[0] ?? '', ...sent, isRequired, options: labelled }
      : { ...sent, options: [{ value: '', label: `${texts}.prompt.unset` }, ...labelled] };
  }
  if (kind === 'lines')
    return {
      ...sent,
      appearance: { maxLength: 8192 },
      ...(path === 'scopes' && { isRequired, reading: words }),
    };
  if (kind === 'flag') return sent;
  const isLong = (appearance.maxLength ?? 0) > maxLine;
  const typed = isLong ? { kind: 'textarea' as const, rows: 6 } : {};
  return {
    ...sent,
    isRequired: isRequired || needed.includes(path),
    appearance: { ...appearance, ...(kind === 'text' && { isCode: true, ...typed }) },
  };
}

function sectionsOf(protocol: SignOnProtocol): Section[] {
  // People use it, or not, by an answer to a question of its own.
  const inputs = describedInputs({ saml, oidc }[protocol]).filter(({ path }) => path !== 'enabled');
  return groups.flatMap((group) => {
    const own = inputs.filter((input) => input.group === group).sort((a, b) => rankOf(a) - rankOf(b));
    if (own.length === 0) return [];
    const shown = own.flatMap((input) =>
      input.path === 'idpMetadataXml' ? [asTyped(input), metadataFile] : [asTyped(input)],
    );
    const words = group === 'provider' ? `provider.${protocol}.text` : undefined;
    return [{ ...section(group, shown, words), folds: rare.includes(group) }];
  });
}

const sections: Record<SignOnProtocol, readonly Section[]> = {
  saml: sectionsOf('saml'),
  oidc: sectionsOf('oidc'),
};

export const inputsFor = (protocol: SignOnProtocol): Input[] =>
  sections[protocol].flatMap(({ inputs }) => inputs);

/** A stored secret is kept where none is typed, and its hint says so. */
export function sectionsFor(protocol: SignOnProtocol, { hasSecret }: { hasSecret: boolean }): Section[] {
  return sections[protocol].map((one) => ({
    ...one,
    inputs: one.inputs.map((each) =>
      each.kind === 'secret' && hasSecret
        ? { ...each, hint: 'console.singleSignOn.field.clientSecret.stored' as const }
        : each,
    ),
  }));
}

/** The texts of the form before anything is typed: a setting that is not stored has its initial value. */
export function shownOf(protocol: SignOnProtocol, record: SignOnRecord | undefined): Typed {
  const inputs = inputsFor(protocol);
  const stored = inputs.filter(({ path }) => record?.[path] !== undefined);
  return { ...typedOf(inputs), ...(record && typedOf(stored, record)) };
}
