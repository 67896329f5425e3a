import { readdirSync, readFileSync } from 'node:fs';
import { runbooks } from '@gatehouse/contracts/answers';
import { interactionErrors } from '@gatehouse/contracts/auth-api';
import { checkSchema } from '@gatehouse/contracts/environment-administration';
import { problemReasons } from '@gatehouse/contracts/values';
import { type Language, languages } from '@gatehouse/service-kit/html';
import { IntlMessageFormat } from 'intl-messageformat';
import { describe, expect, it } from 'vitest';
import { saidIn } from '../../src/texts/said.ts';
import { isTextKey, type TextKey, textsIn } from '../../src/texts/texts.ts';
import { catalogue } from './catalogue.ts';

type Part = ReturnType<IntlMessageFormat['getAst']>[number];

const folder = new URL('../../src/texts/', import.meta.url);

const english = catalogue('en');

function parsed(text: string, language: string): Part[] {
  return new IntlMessageFormat(text, language, undefined, { ignoreTag: true }).getAst();
}

/** Each part, those within the forms of a plural or select included. */
function partsOf(parts: Part[]): Part[] {
  return parts.flatMap((part) =>
    'options' in part
      ? [part, ...Object.values(part.options).flatMap(({ value }) => partsOf(value))]
      : [part],
  );
}

/** Name and kind of each value that fills a text. */
function argumentsOf(text: string, language: string): string[] {
  const found = partsOf(parsed(text, language)).flatMap((part) =>
    'value' in part && part.type !== 0 ? [`${part.value}:${part.type}`] : [],
  );
  return [...new Set(found)].sort();
}

/** What is typed or sent, and stays as it is. */
const code = /`[^`]*`/g;

const namesOfProducts =
  /Gatehouse|Auth API|Environment API|Configuration Servers?|Active Directory|OAuth 2\.0|OpenID Connect|WDJB-MJHT|StartTLS|\b(?:SSO|URL|ID|TLS|PKCE|SAML|UTC|POST|NameID|Webhook)\b/g;

/** Words that a language writes as English does. */
const alike: Partial<Record<Language, string[]>> = {
  de: ['field.deviceCode', 'field.userCode', 'secondStep.enrol.passkey', 'console.people.factors.passkey'],
  es: ['problem.prefix'],
  fr: ['front.documentation', 'field.deviceCode', 'field.userCode', 'account.tab.applications'],
  it: ['field.tenant', 'field.password', 'account.password'],
};

/** Such words of the console, wherever they stand. */
const wordsAlike: Partial<Record<Language, string[]>> = {
  de: 'Administrator APIs Branding Client Clients Installation Links Logo Name optional Origin Origins Person Proxy Runbooks Scope Scopes Status Text Tokens'.split(
    ' ',
  ),
  es: ['Auditor', 'Error', 'Proxy', 'Tokens'],
  fr: 'Action Actions Application Applications Client Clients Console Description Document E-mail Guide Installation Logo logo Menu Opaque Pages Proxy Secret Session Sessions Type'.split(
    ' ',
  ),
  it: 'Account Audit Client Console Directory E-mail Logo logo Menu Password Proxy Tenant'.split(' '),
  'pt-BR': 'APIs Auditor Console E-mail Links links Menu Proxy Status Tokens'.split(' '),
};

/** An abbreviation, an address, an identifier. */
const isCode = /[A-Z]\w*[A-Z]|[a-z][A-Z]|[\d_/@=]/;

/** What stays in Latin letters in every script. */
const namesAndCommands =
  '--file ada attestation audience audit Basic bcrypt check code consent console Consul Cookie cors-origins dbid Elasticsearch email Environment exact false gatehouse https implicit import issuer jwks jwt-bearer ldap.filters.person login maxmemory maxmemory-policy migrate noeviction none OAuth open openid people Pod pod PostgreSQL Prometheus query red Redis reencrypt reship Sentinel sub subject token-exchange true Web X-Forwarded-For'.split(
    ' ',
  );

describe.each(languages)('texts in %s', (language) => {
  const texts = catalogue(language);

  it('are those of English, none empty', () => {
    expect(Object.keys(texts).sort()).toEqual(Object.keys(english).sort());
    expect(Object.entries(texts).filter(([, text]) => text.trim() !== text || text === '')).toEqual([]);
  });

  it('are filled in with the same values', () => {
    for (const [key, text] of Object.entries(texts))
      expect(argumentsOf(text, language), key).toEqual(argumentsOf(english[key] as string, 'en'));
  });

  it('have each plural form of the language, and no other', () => {
    for (const [key, text] of Object.entries(texts))
      for (const part of partsOf(parsed(text, language))) {
        if (!('pluralType' in part)) continue;
        const type = part.pluralType ?? 'cardinal';
        const { pluralCategories } = new Intl.PluralRules(language, { type }).resolvedOptions();
        const forms = Object.keys(part.options).filter((form) => !form.startsWith('='));
        expect(forms.sort(), key).toEqual([...pluralCategories].sort());
      }
  });

  it('mean what they say: no apostrophe of ICU, no markup', () => {
    for (const [key, text] of Object.entries(texts)) {
      expect(text, key).not.toMatch(/'|<|&[a-z#]/);
    }
  });

  it.each([
    ['signIn.changeUser', 'signIn.changeUser.label'],
    ['signIn.changeUser', 'consent.changeUser.label'],
    ['button.approve', 'approvals.approve.label'],
    ['button.denyRequest', 'approvals.deny.label'],
    ['button.signOut', 'account.endSession.label'],
    ['button.showPassword', 'button.showPassword.label'],
    ['button.hidePassword', 'button.hidePassword.label'],
  ])('say what a button shows (WCAG 2.5.3): %s within %s', (shown, label) => {
    expect(texts[label]?.toLowerCase()).toContain(texts[shown]?.toLowerCase());
  });

  it.each([
    ['Change', 'Edit'],
    ['Tenant names', 'Domains'],
  ])('of the console have one word for one thing: %s', (word, other) => {
    const keys = Object.keys(english).filter((key) => /^(console|field)\./.test(key));
    const said = keys.filter((key) => english[key] === word).map((key) => texts[key]);
    expect(said.length).toBeGreaterThan(1);
    expect(new Set(said).size, said.join()).toBe(1);
    expect(keys.filter((key) => english[key] === other)).toEqual([]);
  });

  it('are as long as a page has room for', () => {
    for (const [key, text] of Object.entries(texts)) {
      const limit = Math.max(
        30,
        (english[key] as string).length * 2 + 10 + (text.includes('plural,') ? 400 : 0),
      );
      expect(text.length, `${key}: ${text}`).toBeLessThanOrEqual(limit);
      if (/^button\.(?!.*label)/.test(key)) expect(text.length, `${key}: ${text}`).toBeLessThanOrEqual(36);
    }
  });

  it.skipIf(language === 'en')('are translated', () => {
    const kept = Object.entries(texts).filter(([key, text]) => {
      const words = text.replace(namesOfProducts, '').replace(/\{[^}]*\}/g, '');
      return (
        text === english[key] &&
        /\p{L}{3}/u.test(words) &&
        ![...(alike[language] ?? []), ...(wordsAlike[language] ?? [])].some(
          (one) => one === key || one === text,
        )
      );
    });
    expect(kept.map(([key, text]) => `${key}: ${text}`)).toEqual([]);
  });

  it.skipIf(!['ar', 'ja', 'ko', 'zh-CN'].includes(language))('are in the script of the language', () => {
    const latin = Object.entries(texts).filter(([, text]) => {
      const words = text
        .replace(code, '')
        .replace(namesOfProducts, '')
        .replace(
          /\{\w+(?:, (?:plural|number|(?:date|time), \w+))?|\b(?:zero|one|two|few|many|other) \{/g,
          '',
        );
      return (words.match(/[\w.:/@=-]*[A-Za-z]{3}[\w.:/@=-]*/g) ?? [])
        .map((word) => word.replace(/[.:]+$/, ''))
        .some((word) => !isCode.test(word) && !namesAndCommands.includes(word));
    });
    expect(latin).toEqual([]);
  });
});

const { servers, people } = checkSchema.shape;
const { steps, login } = servers.element.shape;
const stepsOfChecks = [steps.element, login.unwrap().element, people.unwrap().element].flatMap(
  ({ shape }): string[] => shape.step.options,
);

describe('texts', () => {
  it('are in one file for each language', () => {
    const files = readdirSync(folder).filter((file) => file.endsWith('.json'));
    expect(files.map((file) => file.slice(0, -5)).sort()).toEqual([...languages].sort());
  });

  it('have a title and a text for every reason why a sign-in can fail', () => {
    for (const error of interactionErrors) {
      expect(isTextKey(`problem.${error}.title`), error).toBe(true);
      expect(isTextKey(`problem.${error}.text`), error).toBe(true);
    }
  });

  it.each([
    ['console.runbook', runbooks],
    ['console.runbooks.first', runbooks],
    ['console.environments.step', stepsOfChecks],
    // A form sends no value of another kind, and no field that nobody knows.
    ['console.refused', problemReasons.filter((reason) => !/^(?:wrong_kind|unknown_field)$/.test(reason))],
  ])('have words for each name that a service may send below %s', (below, names) => {
    expect([...names].filter((name: string) => !isTextKey(`${below}.${name}`))).toEqual([]);
  });

  // attack: a name that is a message of its own | CWE-134, ASVS 1.3.7 | guard: services/auth-ui/src/texts/texts.ts
  it('threat 70: values are filled in without being read as a message or as markup', () => {
    const name = "{application} & $& {x, plural, other {#}} '{' <b>";
    expect(textsIn('en')('signIn.toApplication', { application: name })).toBe(`to continue to ${name}`);
  });

  it('keep a name of another direction together in Arabic', () => {
    expect(textsIn('ar')('signIn.toApplication', { application: 'Desk (1)' })).toBe(
      'للمتابعة إلى \u2068Desk (1)\u2069',
    );
  });

  it('name no described field that is none: the types take any name', () => {
    const sources = new URL('../../src/', import.meta.url);
    const files = readdirSync(sources, { recursive: true, encoding: 'utf8' }).filter((file) =>
      file.endsWith('.ts'),
    );
    const named = files.flatMap((file) =>
      [...readFileSync(new URL(file, sources), 'utf8').matchAll(/'(field(?:\.\w+){2,})'/g)].map(
        ([, key = '']) => key,
      ),
    );
    expect(named).toContain('field.client.redirectURIs');
    expect(named.filter((key) => !isTextKey(key))).toEqual([]);
  });

  it('never leave a value out in silence', () => {
    expect(() => textsIn('en')('signIn.toApplication')).toThrow('application');
  });

  it('take no key from the prototype', () => {
    expect(isTextKey('constructor')).toBe(false);
  });

  it.each([
    ['de', 5, 'Warten Sie 5 Minuten, bevor Sie es noch einmal versuchen.'],
    ['fr', 1, 'Attendez 1 minute avant de réessayer.'],
    ['ja', 20, '20 分待ってからもう一度お試しください。'],
    ['ar', 2, 'انتظر دقيقتين قبل إعادة المحاولة.'],
    ['ar', 5, 'انتظر 5 دقائق قبل إعادة المحاولة.'],
    ['ar', 20, 'انتظر 20 دقيقة قبل إعادة المحاولة.'],
  ] as const)('count minutes in %s: %i', (language, minutes, text) => {
    expect(textsIn(language)('problem.throttled.minutes', { minutes })).toBe(text);
  });

  it.each([
    ['en', 1, 'Wait 1 second before you try again.'],
    ['en', 2, 'Wait 2 seconds before you try again.'],
    ['de', 1, 'Warten Sie 1 Sekunde, bevor Sie es noch einmal versuchen.'],
    ['fr', 0, 'Attendez 0 seconde avant de réessayer.'],
    ['ja', 1, '1 秒待ってからもう一度お試しください。'],
    ['ar', 2, 'انتظر ثانيتين قبل إعادة المحاولة.'],
    ['ar', 5, 'انتظر 5 ثوانٍ قبل إعادة المحاولة.'],
    ['ar', 30, 'انتظر 30 ثانية قبل إعادة المحاولة.'],
  ] as const)('count in %s: %i', (language, seconds, text) => {
    expect(textsIn(language as Language)('problem.throttled.wait' as TextKey, { seconds })).toBe(text);
  });

  it.each([
    ['lacks a parameter', 'signIn.account.enabled', {}],
    ['has a moment that is none', 'signIn.attempt.signedInSince', { refusedAt: 'yesterday' }],
    ['has no text', 'signIn.later', {}],
  ])('gives the words of the service where a sentence of another release %s', (_case, key, parameters) => {
    const finding = { message: 'As it says.', sentences: [{ key, parameters }] };
    const said = saidIn({ language: 'de', text: textsIn('de') }, finding);
    expect(said).toEqual({ text: finding.message, isRaw: true });
  });
});
