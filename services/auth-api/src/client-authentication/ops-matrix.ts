/** Lists who may do what below `/auth/v3/ops`: one row per operation. Part of docs/authorisation.md, and a test tries every cell. */

/** The answer: done; 403; 404 as if it did not exist; a list of what belongs to the caller's own contact centre. */
export type OpsVerdict = 'yes' | 'no' | 'hidden' | 'own';

/** Callers who may administer something. */
export const administratorKinds = [
  'operator',
  'operator by link',
  'installation administrator',
  'contact-centre administrator',
  'managing client',
] as const;

/** All others are refused before a row is looked at. */
export const opsCallerKinds = [...administratorKinds, 'bound managing client', 'client', 'user'] as const;

export type AdministratorKind = (typeof administratorKinds)[number];
export type OpsCallerKind = (typeof opsCallerKinds)[number];

export interface OpsRule {
  title: string;
  /** One verdict per kind of administrator, in their order. */
  verdicts: readonly OpsVerdict[];
  /** For what belongs to another contact centre, where that differs. */
  other?: readonly OpsVerdict[];
  /** A person needs a sign-in that is at most 15 minutes old: a session that is left open must not be worth as much. */
  isDangerous?: true;
  /** With this parameter in the query it concerns one thing alone, and is not dangerous. */
  mildWith?: string;
}

const v = (text: string) => text.split(' ') as OpsVerdict[];

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
} as const satisfies Record<string, OpsRule>;

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

/** The rule of a route; undefined: it is for nobody. */
export function ruleOf(method: string, url: string): OpsRule | undefined {
  const path = url.replace(/^\/auth\/v3\/ops/, '').replace(/:(\w+)/g, '{$1}');
  // A HEAD is answered as a GET without its body.
  const operation = `${method === 'HEAD' ? 'GET' : method} ${path}`;
  return Object.hasOwn(opsMatrix, operation) ? opsRules[opsMatrix[operation] as OpsRuleName] : undefined;
}

/** Whether an administrator of the kind may call a route with the rule at all. */
export function allows({ verdicts }: OpsRule, kind: AdministratorKind): boolean {
  const verdict = verdicts[administratorKinds.indexOf(kind)];
  return verdict === 'yes' || verdict === 'own';
}

/** Whether administrators of the kind sign in. The link of an operator lives for 15 minutes. */
export function isPerson(kind: AdministratorKind): boolean {
  return kind === 'installation administrator' || kind === 'contact-centre administrator';
}

/** `query`: as it was sent. A parameter that is there and wrong is refused by its route. */
export function isDangerous({ isDangerous, mildWith }: OpsRule, query: object): boolean {
  return isDangerous === true && !(mildWith !== undefined && Object.hasOwn(query, mildWith));
}
