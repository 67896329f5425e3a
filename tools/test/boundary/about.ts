/** Names everything by which a person of a contact centre can be spoken of, and makes up somebody of the same shape whom nobody knows. */
import { randomToken, randomUuid } from '@gatehouse/service-kit/crypto';

/** Written into the rows of the tables as `{userName}`, and so on. */
export const nameable = [
  'userName',
  'sub',
  'sid',
  'contactCenterId',
  'domain',
  'centerName',
  'clientId',
  'clientSecret',
  'wideClientId',
  'accessToken',
  'refreshToken',
  'idToken',
  'code',
  'authReqId',
  'approvalId',
  'deviceCode',
  'userCode',
  'keyId',
  'apiKey',
] as const;

export type About = Record<(typeof nameable)[number], string>;

/**
 * `idToken`: of a session that is over, because only we can sign one. `shared`: what the two have in common, such as the person
 * of both contact centres.
 */
export function unknownLike(idToken: string, shared: Partial<About> = {}): About {
  return {
    userName: `nobody-${randomUuid()}`,
    sub: randomUuid(),
    sid: randomUuid(),
    contactCenterId: randomUuid(),
    domain: `nowhere-${randomUuid()}`,
    centerName: `Nowhere ${randomUuid()}`,
    clientId: `no-client-${randomUuid()}`,
    clientSecret: randomToken(32),
    wideClientId: `no-client-${randomUuid()}`,
    accessToken: randomToken(32),
    refreshToken: `${randomToken(16)}.${randomToken(32)}`,
    idToken,
    code: `${randomToken(16)}.${randomToken(32)}`,
    authReqId: randomToken(32),
    approvalId: randomUuid(),
    deviceCode: randomToken(32),
    userCode: 'BCDF-GHJK',
    keyId: randomUuid(),
    apiKey: randomUuid(),
    ...shared,
  };
}

/** Writes the values into a text or a list of fields. */
export function filled<Value>(value: Value, about: Record<string, string>): Value {
  const text = JSON.stringify(value).replaceAll(/\{(\w+)\}/g, (whole, name: string) => {
    const known = about[name];
    return known === undefined ? whole : JSON.stringify(known).slice(1, -1);
  });
  return JSON.parse(text) as Value;
}

const changing: [RegExp, string][] = [
  [/\b(?:no-)?client-(?:\d+-\d+|[0-9a-f-]{36})/g, '<client>'],
  [/eyJ[\w-]+\.[\w-]*\.[\w-]*/g, '<jwt>'],
  [/[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/gi, '<id>'],
  [/\d{4}-\d\d-\d\dT[\d:.]+Z/g, '<time>'],
  [/\b\d{10,13}\b/g, '<moment>'],
  [/"durationMs":\d+|\b\d+ ms\b/g, '<duration>'],
  [/[\w-]{22,}(\.[\w-]{22,})*/g, '<token>'],
];

/** An answer without what it repeats of the question, and without ids and times. */
export function withoutNames(text: string, about: About): string {
  let left = text;
  // People of both use the wide client, which an answer may name by itself.
  const { wideClientId: _, ...own } = about;
  const byLength = Object.entries(own).toSorted(([, one], [, other]) => other.length - one.length);
  for (const [name, value] of byLength)
    for (const form of new Set([
      value,
      encodeURIComponent(value),
      new URLSearchParams({ '': value }).toString().slice(1),
    ]))
      left = left.replaceAll(form, `<${name}>`);
  for (const [pattern, name] of changing) left = left.replaceAll(pattern, name);
  return left;
}
