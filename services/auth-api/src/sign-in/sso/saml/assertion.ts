/** Verifies the content of a signed assertion, read from the very bytes that were signed (SAML profiles section 4.1.4.3). */

import { persistentNameId } from '@gatehouse/contracts/environment-api';
import { definedOnly } from '@gatehouse/contracts/values';
import { type AssertedPerson, shortText } from '../asserted-person.ts';
import { SsoError } from '../failure.ts';
import { receivedOf } from '../received.ts';
import type { SamlSignOn } from '../settings.ts';
import { attributeOf, childNamed, childrenNamed, elementsIn, instantOf, isNamed, textOf } from './xml.ts';

/** The issuer, audience and time that an assertion must name. */
export interface AssertionBounds {
  /** Entity id of the identity provider. */
  issuer: string;
  /** Names by which it may mean us. */
  audiences: readonly string[];
  /** Where it is taken. */
  recipient: string;
  /** Id of our request; undefined where an unsolicited answer is accepted. */
  inResponseTo: string | undefined;
  clockSkewSeconds: number;
  nowMs: number;
}

export interface AssertionExpectation extends Omit<AssertionBounds, 'audiences' | 'clockSkewSeconds'> {
  settings: SamlSignOn;
  /** Our entity id. */
  audience: string;
}

export interface VerifiedAssertion {
  id: string;
  /** After that it is too old to come again. */
  usableUntilMs: number;
  person: AssertedPerson;
}

/** @throws SsoError */
export function verifyAssertion(assertion: Element, expected: AssertionExpectation): VerifiedAssertion {
  const { settings, audience } = expected;
  const { clockSkewSeconds } = settings;
  const bounds = { ...expected, audiences: [audience], clockSkewSeconds };
  const { id, usableUntilMs, subject } = checkAssertion(assertion, bounds);
  checkLife(assertion, usableUntilMs, bounds);
  const statement = childrenNamed(assertion, 'assertion', 'AuthnStatement')[0];
  if (statement === undefined)
    throw new SsoError('response_malformed', 'the assertion has no AuthnStatement');
  return { id, usableUntilMs, person: personOf(assertion, subject, statement, expected) };
}

/** Each assertion is remembered as long as it could come again. */
export const maxLifeMs = 24 * 3_600_000;

/** It was made before now, and ends soon enough. @throws SsoError */
function checkLife(assertion: Element, usableUntilMs: number, { nowMs, clockSkewSeconds }: AssertionBounds) {
  const skewMs = clockSkewSeconds * 1000;
  const issuedAtMs = instantOf(attributeOf(assertion, 'IssueInstant'));
  if (issuedAtMs === undefined || issuedAtMs > nowMs + skewMs)
    throw new SsoError('wrong_time', 'its IssueInstant is missing or in the future');
  if (usableUntilMs > nowMs + maxLifeMs + 2 * skewMs)
    throw new SsoError('wrong_time', `it is valid for more than ${maxLifeMs / 3_600_000} h`);
}

/** The checks of every assertion, for every use. @throws SsoError */
export function checkAssertion(assertion: Element, expected: AssertionBounds) {
  const id = attributeOf(assertion, 'ID') ?? '';
  const issuer = childNamed(assertion, 'assertion', 'Issuer');
  const issuerText = issuer === undefined ? '' : textOf(issuer);
  if (issuerText !== expected.issuer)
    throw new SsoError(
      'wrong_issuer',
      `the issuer is ${issuerText || 'missing'}, the metadata says ${expected.issuer}`,
    );
  const subject = childNamed(assertion, 'assertion', 'Subject');
  if (subject === undefined) throw new SsoError('response_malformed', 'the assertion has no Subject');
  const confirmedUntilMs = confirm(subject, expected);
  checkConditions(assertion, expected);
  return { id, subject, usableUntilMs: confirmedUntilMs + expected.clockSkewSeconds * 1000 };
}

/** The bearer confirmation: for whom, for which request, until when. At least one must hold in all of it. */
function confirm(subject: Element, expected: AssertionBounds): number {
  const refusals: SsoError[] = [];
  for (const confirmation of childrenNamed(subject, 'assertion', 'SubjectConfirmation')) {
    if (attributeOf(confirmation, 'Method') !== 'urn:oasis:names:tc:SAML:2.0:cm:bearer') continue;
    const data = childNamed(confirmation, 'assertion', 'SubjectConfirmationData');
    const outcome =
      data === undefined
        ? new SsoError('response_malformed', 'a confirmation without data')
        : confirmBy(data, expected);
    if (typeof outcome === 'number') return outcome;
    refusals.push(outcome);
  }
  throw refusals[0] ?? new SsoError('response_malformed', 'the assertion has no bearer confirmation');
}

function confirmBy(data: Element, expected: AssertionBounds): number | SsoError {
  const recipient = attributeOf(data, 'Recipient');
  if (recipient !== expected.recipient)
    return new SsoError(
      'wrong_destination',
      `the Recipient is ${recipient ?? 'missing'}, expected ${expected.recipient}`,
    );
  const inResponseTo = attributeOf(data, 'InResponseTo');
  if (inResponseTo !== expected.inResponseTo)
    return new SsoError(
      'wrong_state',
      `InResponseTo is ${inResponseTo ?? 'missing'}, expected ${expected.inResponseTo ?? 'none'}`,
    );
  const notOnOrAfterMs = instantOf(attributeOf(data, 'NotOnOrAfter'));
  if (notOnOrAfterMs === undefined)
    return new SsoError('response_malformed', 'SubjectConfirmationData has no NotOnOrAfter in UTC');
  return timeProblem(data, expected) ?? notOnOrAfterMs;
}

/** The last one is about assertions that are made from this one: none is. */
const knownConditions = ['AudienceRestriction', 'OneTimeUse', 'ProxyRestriction'];

function checkConditions(assertion: Element, expected: AssertionBounds): void {
  const conditions = childNamed(assertion, 'assertion', 'Conditions');
  if (conditions === undefined) throw new SsoError('wrong_audience', 'the assertion has no Conditions');
  const problem = timeProblem(conditions, expected);
  if (problem !== undefined) throw problem;
  // Core section 2.5.1: a condition that is unknown here does not hold. OneTimeUse needs no check: every assertion is used once.
  const stranger = elementsIn(conditions).find(
    (one) => !knownConditions.some((name) => isNamed(one, 'assertion', name)),
  );
  if (stranger !== undefined)
    throw new SsoError('response_malformed', `the condition ${stranger.localName} is not known`);
  const restrictions = childrenNamed(conditions, 'assertion', 'AudienceRestriction');
  // Core section 2.5.1.4: every restriction must hold.
  const lists = restrictions.map((one) =>
    childrenNamed(one, 'assertion', 'Audience').map((each) => textOf(each)),
  );
  const isMeant = (list: string[]) => list.some((name) => expected.audiences.includes(name));
  if (lists.length > 0 && lists.every(isMeant)) return;
  throw new SsoError(
    'wrong_audience',
    `the audience is ${lists.flat().join(', ') || 'missing'}, expected ${expected.audiences.join(' or ')}`,
  );
}

function timeProblem(element: Element, { clockSkewSeconds, nowMs }: AssertionBounds): SsoError | undefined {
  const skewMs = clockSkewSeconds * 1000;
  const bounds = {
    NotBefore: attributeOf(element, 'NotBefore'),
    NotOnOrAfter: attributeOf(element, 'NotOnOrAfter'),
  };
  for (const [name, text] of Object.entries(bounds)) {
    const atMs = instantOf(text);
    if (text === undefined) continue;
    if (atMs === undefined)
      return new SsoError(
        'response_malformed',
        `${name} of ${element.localName} is ${text}, which is no time in UTC`,
      );
    const isWrong = name === 'NotBefore' ? nowMs + skewMs < atMs : nowMs - skewMs >= atMs;
    if (isWrong)
      return new SsoError(
        'wrong_time',
        `${name} of ${element.localName} is ${text}, here it is ${new Date(nowMs).toISOString()}; ${clockSkewSeconds} s are tolerated`,
      );
  }
  return undefined;
}

function personOf(
  assertion: Element,
  subject: Element,
  statement: Element,
  { issuer, settings, audience, nowMs }: AssertionExpectation,
): AssertedPerson {
  const nameId = childNamed(subject, 'assertion', 'NameID');
  if (nameId === undefined) throw new SsoError('name_missing', 'the Subject has no NameID');
  const attributes = attributesOf(assertion);
  const { userNameSource, userNameAttribute = '', groupsAttribute, location } = settings;
  const values = userNameSource === 'nameId' ? [textOf(nameId)] : (attributes.get(userNameAttribute) ?? []);
  const sessionEnd = attributeOf(statement, 'SessionNotOnOrAfter');
  const sessionEndsAtMs = instantOf(sessionEnd);
  if (sessionEnd !== undefined && (sessionEndsAtMs === undefined || sessionEndsAtMs <= nowMs))
    throw new SsoError('wrong_time', `SessionNotOnOrAfter is ${sessionEnd}: the session has ended already`);
  const context = contextOf(statement);
  const optional = (name: string) => attributeOf(nameId, name);
  const [format, nameQualifier, spNameQualifier] = ['Format', 'NameQualifier', 'SPNameQualifier'].map(
    optional,
  );
  const parties = { issuer: 'saml', clientId: audience };
  const sessionIndex = attributeOf(statement, 'SessionIndex');
  return {
    issuer,
    // Two names name nobody.
    name: values.length === 1 ? values[0] : undefined,
    nameSource: userNameSource === 'nameId' ? 'the NameID' : `the attribute ${userNameAttribute}`,
    groups: groupsAttribute === undefined ? [] : (attributes.get(groupsAttribute) ?? []),
    ...subjectOf(nameId, attributes, { issuer, settings }),
    ...namesOf(attributes, settings),
    received: receivedOf([
      ['NameID', [textOf(nameId)]],
      ...(context === undefined ? [] : [['AuthnContextClassRef', [context]] as const]),
      ...attributes,
    ]),
    authTimeMs: instantOf(attributeOf(statement, 'AuthnInstant')),
    amr: [],
    ...definedOnly({ context, sessionEndsAtMs }),
    provider: {
      protocol: 'saml',
      location,
      ...parties,
      subject: textOf(nameId),
      ...definedOnly({ nameIdFormat: format, nameQualifier, spNameQualifier, sessionIndex }),
    },
  };
}

/**
 * A person is the same one for ever by an attribute that the settings name, or by a persistent NameID of this provider (core section
 * 8.3.7). Every other NameID may name somebody else tomorrow.
 */
function subjectOf(
  nameId: Element,
  attributes: ReadonlyMap<string, string[]>,
  { issuer, settings }: Pick<AssertionExpectation, 'issuer' | 'settings'>,
): Pick<AssertedPerson, 'subject' | 'subjectProblem'> {
  const { subjectAttribute } = settings;
  if (subjectAttribute !== undefined) {
    const [value = '', ...others] = attributes.get(subjectAttribute) ?? [];
    if (value.trim() !== '' && others.length === 0) return { subject: value };
    return { subjectProblem: `the attribute ${subjectAttribute} must have one value` };
  }
  const format = attributeOf(nameId, 'Format') ?? 'none';
  const qualifier = attributeOf(nameId, 'NameQualifier') ?? issuer;
  if (format === persistentNameId && qualifier === issuer) return { subject: textOf(nameId) };
  const found = format === persistentNameId ? `is one of ${qualifier}` : `has the format ${format}`;
  return { subjectProblem: `the NameID ${found}: have a persistent one sent, or set subjectAttribute` };
}

/** Two values are no name. */
function namesOf(
  attributes: ReadonlyMap<string, string[]>,
  { firstNameAttribute, lastNameAttribute, emailAttribute }: SamlSignOn,
) {
  const only = (name = '') => {
    const values = attributes.get(name) ?? [];
    return values.length === 1 ? shortText(values[0]) : undefined;
  };
  return definedOnly({
    firstName: only(firstNameAttribute),
    lastName: only(lastNameAttribute),
    email: only(emailAttribute),
  });
}

function contextOf(statement: Element): string | undefined {
  const context = childNamed(statement, 'assertion', 'AuthnContext');
  const reference = context && childNamed(context, 'assertion', 'AuthnContextClassRef');
  return reference && textOf(reference);
}

/** By Name, and by FriendlyName where no Name is the same. */
export function attributesOf(assertion: Element): Map<string, string[]> {
  const byName = new Map<string, string[]>();
  const byFriendlyName = new Map<string, string[]>();
  for (const statement of childrenNamed(assertion, 'assertion', 'AttributeStatement')) {
    for (const attribute of childrenNamed(statement, 'assertion', 'Attribute')) {
      const values = childrenNamed(attribute, 'assertion', 'AttributeValue').flatMap((value) =>
        value.childNodes.length === 0 || value.firstChild?.nodeType !== 3 ? [] : [textOf(value)],
      );
      add(byName, attributeOf(attribute, 'Name'), values);
      add(byFriendlyName, attributeOf(attribute, 'FriendlyName'), values);
    }
  }
  return new Map([...byFriendlyName, ...byName]);
}

function add(map: Map<string, string[]>, name: string | undefined, values: string[]): void {
  if (name !== undefined) map.set(name, [...(map.get(name) ?? []), ...values]);
}
