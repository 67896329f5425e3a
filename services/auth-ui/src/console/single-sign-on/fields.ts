/** Lists the settings of each protocol in the sections of their form. */
import type { SignOnProtocol, SignOnRecord } from '@gatehouse/api-client/environment-api/single-sign-on';
import { type Input, inputsBelow, optionsBelow, type Typed, typedOf } from '../form/inputs.ts';
import { type Section, sectionsBelow } from '../form/sections.ts';

const section = sectionsBelow('console.singleSignOn.section');

/** The inputs that both protocols have, and the kinds of which they make others. */
function inputsOf(protocol: SignOnProtocol) {
  const input = inputsBelow(`field.${protocol}`, 'console.singleSignOn.field');
  const look = { isCode: true, maxLength: 2048 };
  const options = (path: string, values: readonly string[]) =>
    optionsBelow(`console.singleSignOn.field.${path}`, values);
  /** Without text the value is taken away. */
  const text = (path: string, more: Partial<Input> = {}) =>
    input(path, 'text', { empty: 'clear', look, ...more });
  const long = (path: string) =>
    text(path, { look: { kind: 'textarea', rows: 6, isCode: true, maxLength: 512 * 1024 } });
  const flag = (path: string, initial = '') => input(path, 'flag', { initial });
  const lines = (path: string, initial = '') => input(path, 'lines', { initial, look: { maxLength: 8192 } });
  const choice = (path: string, values: readonly [string, ...string[]]) =>
    input(path, 'choice', { options: options(path, values), initial: values[0], isRequired: true });
  const who = (groups: string) =>
    section('who', [lines('accessGroups'), lines('passwordUsers'), lines('requiredGroups'), text(groups)]);
  const person = [choice('userLookup', ['userName', 'email', 'externalId']), text('userNameDomain')];
  const protection = [text('strongContext'), flag('logout')];
  return { input, options, text, long, flag, lines, choice, who, person, protection };
}

function samlSections(): Section[] {
  const { input, text, long, flag, choice, who, person, protection } = inputsOf('saml');
  return [
    section(
      'provider',
      [
        text('idpMetadataUrl'),
        long('idpMetadataXml'),
        input('idpMetadataXmlFile', 'file', { label: 'console.singleSignOn.field.idpMetadataXmlFile' }),
        long('idpMetadataCertificate'),
      ],
      'provider.saml.text',
    ),
    section('person', [
      choice('userNameSource', ['nameId', 'attribute']),
      text('userNameAttribute'),
      text('nameIdFormat'),
      ...person,
    ]),
    who('groupsAttribute'),
    section('protection', [
      choice('binding', ['post', 'redirect']),
      flag('signRequests', 'true'),
      flag('requireSignedResponse'),
      flag('encryptAssertions'),
      flag('allowIdpInitiated'),
      input('clockSkewSeconds', 'number', { initial: '60', isRequired: true }),
      ...protection,
    ]),
  ];
}

function oidcSections(): Section[] {
  const { input, options, text, flag, lines, choice, who, person, protection } = inputsOf('oidc');
  return [
    section(
      'provider',
      [
        text('issuer'),
        text('clientId'),
        choice('tokenEndpointAuthMethod', [
          'client_secret_basic',
          'client_secret_post',
          'client_secret_jwt',
          'private_key_jwt',
          'none',
        ]),
        input('clientSecret', 'secret', { empty: 'leave', look: { autocomplete: 'new-password' } }),
      ],
      'provider.oidc.text',
    ),
    section('person', [
      // The API has no empty value for it.
      text('userNameClaim', { empty: undefined, initial: 'preferred_username', isRequired: true }),
      ...person,
      lines('scopes', 'openid\nprofile\nemail'),
      flag('userInfo'),
      flag('assumeVerifiedEmail'),
    ]),
    who('groupsClaim'),
    section('protection', [
      choice('responseMode', ['query', 'form_post']),
      input('prompt', 'choice', {
        empty: 'clear',
        options: [
          { value: '', label: 'console.singleSignOn.field.prompt.unset' },
          ...options('prompt', ['none', 'login', 'consent', 'select_account']),
        ],
      }),
      ...protection,
    ]),
    section('endpoints', [
      text('authorizationEndpoint'),
      text('tokenEndpoint'),
      text('jwksUri'),
      text('userInfoEndpoint'),
      text('endSessionEndpoint'),
    ]),
  ];
}

const sections: Record<SignOnProtocol, readonly Section[]> = { saml: samlSections(), oidc: oidcSections() };

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
