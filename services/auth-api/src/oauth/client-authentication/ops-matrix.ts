/** Lists who may do what below `/auth/v3/ops`: one row per operation. Part of docs/reference/authorisation.md, and a test tries every cell. */
import { admits, createMatrix, type Rule, type Verdict } from '@gatehouse/caller-auth/authorisation';
import type { ContactCenterRight } from '@gatehouse/contracts/values';

/** Lesser rights in one contact centre. A rule that does not name them is not for them. */
const lesserKinds = ['help desk', 'auditor'] as const;

/** Callers who may administer something. */
export const administratorKinds = [
  'operator',
  'operator by link',
  'installation administrator',
  'contact-centre administrator',
  'managing client',
  ...lesserKinds,
] as const;

/** The others administer nothing, and are refused before a row is looked at. */
export const opsCallerKinds = [...administratorKinds, 'bound managing client', 'client', 'user'] as const;

export type AdministratorKind = (typeof administratorKinds)[number];
export type OpsCallerKind = (typeof opsCallerKinds)[number];

const ofContactCenter = administratorKinds.indexOf('contact-centre administrator');

/** One verdict per kind before the lesser ones. `lesser`: those that are treated as administrators of the contact centre. */
function v(text: string, ...lesser: (typeof lesserKinds)[number][]): readonly Verdict[] {
  const given = text.split(' ') as Verdict[];
  const ofLesser = lesserKinds.map((kind) =>
    lesser.includes(kind) ? (given[ofContactCenter] as Verdict) : 'no',
  );
  return [...given, ...ofLesser, 'no', 'no', 'no'];
}

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
    title: 'change the list of installation administrators, or who else may change another list',
    verdicts: v('yes yes yes no no'),
    isDangerous: true,
  },
  readAppointedWithin: {
    title: 'read the list of a contact centre: who administers it, helps its people or audits it',
    verdicts: v('yes yes yes yes no', 'auditor'),
    other: v('yes yes yes hidden no', 'auditor'),
  },
  appointWithin: {
    title:
      'change the list of a contact centre; its own administrators only where the installation lets them',
    verdicts: v('yes yes yes yes no'),
    other: v('yes yes yes hidden no'),
    isDangerous: true,
  },
  listClients: {
    title: 'list clients; of its own: those bound to exactly that contact centre',
    verdicts: v('yes yes yes own yes', 'auditor'),
  },
  readClient: {
    title: 'read something of a client; of its own: one bound to exactly that contact centre',
    verdicts: v('yes yes yes yes yes', 'auditor'),
    other: v('yes yes yes hidden yes', 'auditor'),
  },
  readPeople: {
    title: 'find a person, see why the person cannot sign in, and count second factors',
    verdicts: v('yes yes yes yes yes', 'help desk', 'auditor'),
    other: v('yes yes yes hidden yes', 'help desk', 'auditor'),
  },
  previewFactors: {
    title: 'see whom a policy of second factors would keep out',
    verdicts: v('yes yes yes yes yes'),
    other: v('yes yes yes hidden yes'),
  },
  helpPeople: {
    title: 'let a person try again',
    verdicts: v('yes yes yes yes yes', 'help desk'),
    other: v('yes yes yes hidden yes', 'help desk'),
  },
  replaceFactors: {
    title: 'reset the second factors of a person, or let the person add a first one',
    verdicts: v('yes yes yes yes yes', 'help desk'),
    other: v('yes yes yes hidden yes', 'help desk'),
    isDangerous: true,
  },
  trySignOn: {
    title: 'ask the identity provider of a contact centre',
    verdicts: v('yes yes yes yes yes'),
    other: v('yes yes yes hidden yes'),
  },
  endSessions: {
    title:
      'end everything that a person holds; with `session`: one session of the person, which is everyday help',
    verdicts: v('yes yes yes yes yes', 'help desk'),
    other: v('yes yes yes hidden yes', 'help desk'),
    isDangerous: true,
    mildWith: 'session',
  },
  revoke: {
    title: 'end everything that a client, a person or the people of a contact centre hold',
    verdicts: v('yes yes yes yes yes'),
    other: v('yes yes yes hidden yes'),
    isDangerous: true,
  },
  erasePerson: {
    title: 'erase what is known of a person who is gone',
    verdicts: v('yes yes yes yes yes'),
    other: v('yes yes yes hidden yes'),
    isDangerous: true,
  },
  readOverview: {
    title: 'see how the installation, or one contact centre, is doing',
    verdicts: v('yes yes yes own yes', 'auditor'),
    other: v('yes yes yes hidden yes', 'auditor'),
  },
  searchEvents: {
    title: 'search security events',
    verdicts: v('yes yes yes own yes', 'auditor'),
  },
} as const satisfies Record<string, Rule>;

export type OpsRuleName = keyof typeof opsRules;

/** By method and path of the OpenAPI document, below `/auth/v3/ops`. */
export const opsMatrix: Readonly<Record<string, OpsRuleName>> = {
  'GET /administrators': 'readAppointed',
  'POST /administrators': 'appoint',
  'DELETE /administrators/{sub}': 'appoint',
  'GET /contact-centers/{id}/administrators': 'readAppointedWithin',
  'POST /contact-centers/{id}/administrators': 'appointWithin',
  'PATCH /contact-centers/{id}/administrators': 'appoint',
  'DELETE /contact-centers/{id}/administrators/{sub}': 'appointWithin',
  'POST /console-links': 'openConsole',
  'GET /clients': 'listClients',
  'POST /clients': 'endanger',
  'POST /clients/dry-run': 'endanger',
  'GET /clients/{client_id}': 'readClient',
  'PUT /clients/{client_id}': 'endanger',
  'DELETE /clients/{client_id}': 'endanger',
  'POST /clients/{client_id}/rotate-secret': 'endanger',
  'GET /clients/{client_id}/diagnosis': 'readClient',
  'GET /clients/{client_id}/exchanges': 'readClient',
  'GET /sessions': 'readPeople',
  'GET /deleted-clients': 'administer',
  'GET /deleted-clients/{id}': 'administer',
  'POST /deleted-clients/{id}/restore': 'endanger',
  'DELETE /sessions': 'endSessions',
  'POST /revocations': 'revoke',
  'GET /people': 'readPeople',
  'GET /people/everywhere': 'administer',
  'GET /people/profile': 'readPeople',
  'GET /people/explanation': 'readPeople',
  'DELETE /people/delays': 'helpPeople',
  'GET /people/factors': 'readPeople',
  'POST /people/factors/reset': 'replaceFactors',
  'POST /people/factors/invitation': 'replaceFactors',
  'DELETE /people/factors/devices': 'helpPeople',
  'POST /people/erasure': 'erasePerson',
  'POST /contact-centers/{id}/sso-check': 'trySignOn',
  'POST /contact-centers/{id}/saml/dry-run': 'trySignOn',
  'POST /contact-centers/{id}/sso-trials': 'trySignOn',
  'GET /contact-centers/{id}/sso-trials/{result}': 'trySignOn',
  'POST /contact-centers/{id}/oidc/dry-run': 'trySignOn',
  'GET /contact-centers/{id}/factors': 'readPeople',
  'POST /contact-centers/{id}/factors/dry-run': 'previewFactors',
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
  'GET /alerts': 'administer',
  'POST /alerts/test': 'administer',
  'GET /diagnosis': 'administer',
  'GET /refusals': 'searchEvents',
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

/** Whether an administrator of the kinds may call a route with the rule at all. */
export function allows(rule: Rule, kinds: readonly AdministratorKind[]): boolean {
  return admits(opsAuthorisation.verdictOf(rule, kinds));
}

/** A person with several rights of a contact centre is of several kinds. */
export const kindsOfContactCenter = {
  administrator: 'contact-centre administrator',
  'help-desk': 'help desk',
  auditor: 'auditor',
} as const satisfies Record<ContactCenterRight, AdministratorKind>;
