/** Defines the settings of each protocol as a form shows them, and turns what was typed into the body that the API takes. */
import type { SignOnProtocol, SignOnRecord } from '@gatehouse/api-client/environment-api/single-sign-on';
import type { TextKey } from '../../texts/texts.ts';
import type { Form, FormField } from '../shell/parts.ts';
import type { ConsoleVisit } from '../shell/shell.ts';
import { linesOf, numberOf } from '../shell/typed.ts';

/** How the text of a field becomes a value of the API. `always`: the API has no empty value for it. */
type Kind =
  | 'text'
  | 'always'
  | 'long'
  | 'file'
  | 'lines'
  | 'number'
  | 'flag'
  | 'choice'
  | 'optionalChoice'
  | 'secret';

interface FieldSpec {
  /** As the API names it. */
  name: string;
  kind: Kind;
  options?: readonly string[];
  initial?: string;
}

interface SectionSpec {
  key: 'provider' | 'endpoints' | 'person' | 'who' | 'protection';
  fields: readonly FieldSpec[];
}

export type Typed = Readonly<Record<string, unknown>>;

const lookup: FieldSpec = {
  name: 'userLookup',
  kind: 'choice',
  options: ['userName', 'email', 'externalId'],
  initial: 'userName',
};
const domain: FieldSpec = { name: 'userNameDomain', kind: 'text' };
const who = (groups: string): SectionSpec => ({
  key: 'who',
  fields: [
    { name: 'accessGroups', kind: 'lines' },
    { name: 'passwordUsers', kind: 'lines' },
    { name: 'requiredGroups', kind: 'lines' },
    { name: groups, kind: 'text' },
  ],
});
const strongContext: FieldSpec = { name: 'strongContext', kind: 'text' };
const logout: FieldSpec = { name: 'logout', kind: 'flag' };

const sections: Record<SignOnProtocol, readonly SectionSpec[]> = {
  saml: [
    {
      key: 'provider',
      fields: [
        { name: 'idpMetadataUrl', kind: 'text' },
        { name: 'idpMetadataXml', kind: 'long' },
        { name: 'idpMetadataXmlFile', kind: 'file' },
        { name: 'idpMetadataCertificate', kind: 'long' },
      ],
    },
    {
      key: 'person',
      fields: [
        { name: 'userNameSource', kind: 'choice', options: ['nameId', 'attribute'], initial: 'nameId' },
        { name: 'userNameAttribute', kind: 'text' },
        { name: 'nameIdFormat', kind: 'text' },
        lookup,
        domain,
      ],
    },
    who('groupsAttribute'),
    {
      key: 'protection',
      fields: [
        { name: 'binding', kind: 'choice', options: ['post', 'redirect'], initial: 'post' },
        { name: 'signRequests', kind: 'flag', initial: 'true' },
        { name: 'requireSignedResponse', kind: 'flag' },
        { name: 'encryptAssertions', kind: 'flag' },
        { name: 'allowIdpInitiated', kind: 'flag' },
        { name: 'clockSkewSeconds', kind: 'number', initial: '60' },
        strongContext,
        logout,
      ],
    },
  ],
  oidc: [
    {
      key: 'provider',
      fields: [
        { name: 'issuer', kind: 'text' },
        { name: 'clientId', kind: 'text' },
        {
          name: 'tokenEndpointAuthMethod',
          kind: 'choice',
          options: [
            'client_secret_basic',
            'client_secret_post',
            'client_secret_jwt',
            'private_key_jwt',
            'none',
          ],
          initial: 'client_secret_basic',
        },
        { name: 'clientSecret', kind: 'secret' },
      ],
    },
    {
      key: 'person',
      fields: [
        { name: 'userNameClaim', kind: 'always', initial: 'preferred_username' },
        lookup,
        domain,
        { name: 'scopes', kind: 'lines', initial: 'openid\nprofile\nemail' },
        { name: 'userInfo', kind: 'flag' },
        { name: 'assumeVerifiedEmail', kind: 'flag' },
      ],
    },
    who('groupsClaim'),
    {
      key: 'protection',
      fields: [
        { name: 'responseMode', kind: 'choice', options: ['query', 'form_post'], initial: 'query' },
        {
          name: 'prompt',
          kind: 'optionalChoice',
          options: ['none', 'login', 'consent', 'select_account'],
        },
        strongContext,
        logout,
      ],
    },
    {
      key: 'endpoints',
      fields: [
        'authorizationEndpoint',
        'tokenEndpoint',
        'jwksUri',
        'userInfoEndpoint',
        'endSessionEndpoint',
      ].map((name) => ({ name, kind: 'text' })),
    },
  ],
};

const specsOf = (protocol: SignOnProtocol) => sections[protocol].flatMap(({ fields }) => fields);

/** What the form shows before anything is typed. */
export function typedOf(protocol: SignOnProtocol, record?: SignOnRecord): Typed {
  return Object.fromEntries(
    specsOf(protocol).map(({ name, initial = '' }) => [
      name,
      record ? shownAs(record[name], initial) : initial,
    ]),
  );
}

/** A setting that is not stored has its initial value, except for texts. */
function shownAs(value: unknown, initial: string): string {
  if (Array.isArray(value)) return value.join('\n');
  return value === undefined ? initial : String(value);
}

export function bodyOf(protocol: SignOnProtocol, typed: Typed): Record<string, unknown> {
  return Object.fromEntries(
    specsOf(protocol).flatMap((spec) => {
      const value = sentAs(spec, String(typed[spec.name] ?? ''));
      return value === undefined ? [] : [[spec.name, value]];
    }),
  );
}

/** `null` takes a value away, undefined leaves it. */
function sentAs({ kind }: FieldSpec, text: string): unknown {
  const trimmed = text.trim();
  switch (kind) {
    case 'flag':
      return text === 'true';
    case 'lines':
      return linesOf(text);
    case 'number':
      return numberOf(trimmed);
    case 'secret':
      return text === '' ? undefined : text;
    // Its content has become the text of its field.
    case 'file':
      return undefined;
    case 'always':
    case 'choice':
      return trimmed;
    default:
      return trimmed === '' ? null : trimmed;
  }
}

export function formSections(
  { text }: ConsoleVisit,
  protocol: SignOnProtocol,
  typed: Typed,
  hasSecret: boolean,
): Form['sections'] {
  const word = (key: string) => text(`console.singleSignOn.${key}` as TextKey);
  const shown = ({ name, kind, options = [] }: FieldSpec): FormField => {
    const field = {
      name,
      label: word(`field.${name}`),
      hint: word(`field.${name}.hint`),
      value: String(typed[name] ?? ''),
    };
    const choices = options.map((value) => ({ value, label: word(`field.${name}.${value}`) }));
    switch (kind) {
      case 'flag':
        return { ...field, kind: 'check', isChecked: field.value === 'true' };
      case 'secret':
        return {
          ...field,
          kind: 'password',
          value: undefined,
          hint: word(hasSecret ? 'field.clientSecret.stored' : 'field.clientSecret.hint'),
          autocomplete: 'new-password',
        };
      case 'choice':
        return { ...field, kind: 'select', options: choices, isRequired: true };
      case 'optionalChoice':
        return {
          ...field,
          kind: 'select',
          options: [{ value: '', label: word(`field.${name}.unset`) }, ...choices],
        };
      case 'lines':
        return { ...field, kind: 'textarea', rows: 3, maxLength: 8192 };
      case 'long':
        return { ...field, kind: 'textarea', rows: 6, isCode: true, maxLength: 512 * 1024 };
      case 'file':
        return { ...field, kind: 'file' };
      case 'number':
        return { ...field, kind: 'number', isRequired: true };
      default:
        return { ...field, kind: 'text', isCode: true, maxLength: 2048, isRequired: kind === 'always' };
    }
  };
  return sections[protocol].map(({ key, fields }) => ({
    title: word(`section.${key}`),
    text: word(key === 'provider' ? `section.provider.${protocol}.text` : `section.${key}.text`),
    fields: fields.map(shown),
  }));
}
