/** Lists who may do what below `/auth/v3/ops`: one row per operation. Part of docs/reference/authorisation.md, and a test tries every cell. */
import { admits, createMatrix, type Rule, type Verdict } from '@gatehouse/caller-auth/authorisation';

/** Callers who may administer something. */
export const administratorKinds = [
  'operator',
  'operator by link',
  'installation administrator',
  'contact-centre administrator',
  'managing client',
] as const;

/** The others administer nothing, and are refused before a row is looked at. */
export const opsCallerKinds = [...administratorKinds, 'bound managing client', 'client', 'user'] as const;

export type AdministratorKind = (typeof administratorKinds)[number];
export type OpsCallerKind = (typeof opsCallerKinds)[number];

/** One verdict per kind of administrator. */
const v = (text: string) => [...text.split(' '), 'no', 'no', 'no'] as Verdict[];

export const opsRules = {
  administer: {
    title: 'read or change what belongs to the installation',
    verdicts: v('yes yes yes no yes'),
  },
  endanger: {
    title: 'change what gives rights or ends them for many: clients, secrets, keys, the trail',
    verdicts: v('yes yes yes no yes'),
    isDangerous: true,
  },
  openConsole: {
    title: 'make a link that signs the operator in to the console: a session by a link makes no further one',
    verdicts: v('yes no no no no'),
  },
  readAppointed: {
    title: 'read the list of installation administrators',
    verdicts: v('yes yes yes no no'),
  },
  appoint: {
    title: 'change the list of installation administrators',
    verdicts: v('yes yes yes no no'),
    isDangerous: true,
  },
  listClients: {
    title: 'list clients; of its own: those bound to exactly that contact centre',
    verdicts: v('yes yes yes own yes'),
  },
  readClient: {
    title: 'read something of a client; of its own: one bound to exactly that contact centre',
    verdicts: v('yes yes yes yes yes'),
    other: v('yes yes yes hidden yes'),
  },
  helpPeople: {
    title: 'look after a person, or a contact centre',
    verdicts: v('yes yes yes yes yes'),
    other: v('yes yes yes hidden yes'),
  },
  endSessions: {
    title:
      'end everything that a person holds; with `session`: one session of the person, which is everyday help',
    verdicts: v('yes yes yes yes yes'),
    other: v('yes yes yes hidden yes'),
    isDangerous: true,
    mildWith: 'session',
  },
  revoke: {
    title: 'end everything that a client, a person or the people of a contact centre hold',
    verdicts: v('yes yes yes yes yes'),
    other: v('yes yes yes hidden yes'),
    isDangerous: true,
  },
  readOverview: {
    title: 'see how the installation, or one contact centre, is doing',
    verdicts: v('yes yes yes own yes'),
    other: v('yes yes yes hidden yes'),
  },
  searchEvents: {
    title: 'search security events',
    verdicts: v('yes yes yes own yes'),
  },
} as const satisfies Record<string, Rule>;

export type OpsRuleName = keyof typeof opsRules;

/** By method and path of the OpenAPI document, below `/auth/v3/ops`. */
export const opsMatrix: Readonly<Record<string, OpsRuleName>> = {
  'GET /administrators': 'readAppointed',
  'POST /administrators': 'appoint',
  'DELETE /administrators/{sub}': 'appoint',
  'POST /console-links': 'openConsole',
  'GET /clients': 'listClients',
  'POST /clients': 'endanger',
  'GET /clients/{client_id}': 'readClient',
  'PUT /clients/{client_id}': 'endanger',
  'DELETE /clients/{client_id}': 'endanger',
  'POST /clients/{client_id}/rotate-secret': 'endanger',
  'GET /clients/{client_id}/diagnosis': 'readClient',
  'GET /clients/{client_id}/exchanges': 'readClient',
  'GET /sessions': 'helpPeople',
  'DELETE /sessions': 'endSessions',
  'POST /revocations': 'revoke',
  'GET /people': 'helpPeople',
  'GET /people/profile': 'helpPeople',
  'GET /people/explanation': 'helpPeople',
  'DELETE /people/delays': 'helpPeople',
  'POST /contact-centers/{id}/sso-check': 'helpPeople',
  'GET /environments/{id}/memberships': 'administer',
  'GET /sso-keys': 'administer',
  'POST /sso-keys/prepare': 'endanger',
  'POST /sso-keys/activate': 'endanger',
  'GET /signing-keys': 'administer',
  'POST /signing-keys': 'endanger',
  'POST /signing-keys/rotate': 'endanger',
  'POST /signing-keys/{kid}/retire': 'endanger',
  'DELETE /signing-keys/{kid}': 'endanger',
  'GET /signal-receivers': 'administer',
  'POST /signal-receivers': 'administer',
  'GET /signal-receivers/{id}': 'administer',
  'PUT /signal-receivers/{id}': 'administer',
  'DELETE /signal-receivers/{id}': 'administer',
  'POST /signal-receivers/{id}/test': 'administer',
  'GET /overview': 'readOverview',
  'GET /diagnosis': 'administer',
  'GET /audit': 'searchEvents',
  'GET /audit/export': 'searchEvents',
  'GET /audit/verify': 'administer',
  'GET /audit/retention': 'administer',
  'POST /audit/retention/confirm': 'endanger',
  'POST /audit/reship': 'administer',
  'POST /audit/erase': 'endanger',
};

export const opsAuthorisation = createMatrix({
  prefix: '/auth/v3/ops',
  kinds: opsCallerKinds,
  rules: opsRules,
  rows: opsMatrix,
});

/** Whether an administrator of the kind may call a route with the rule at all. */
export function allows(rule: Rule, kind: AdministratorKind): boolean {
  return admits(opsAuthorisation.verdictOf(rule, kind));
}

/** Whether administrators of the kind sign in. The link of an operator lives for 15 minutes. */
export function isPerson(kind: AdministratorKind): boolean {
  return kind === 'installation administrator' || kind === 'contact-centre administrator';
}
