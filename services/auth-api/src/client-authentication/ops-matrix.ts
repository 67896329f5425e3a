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
}

const v = (text: string) => text.split(' ') as OpsVerdict[];

export const opsRules = {
  administer: {
    title: 'read or change what belongs to the installation',
    verdicts: v('yes yes yes no yes'),
  },
  openConsole: {
    title: 'make a link that signs the operator in to the console: a session by a link makes no further one',
    verdicts: v('yes no no no no'),
  },
  appoint: {
    title: 'read or change the list of installation administrators',
    verdicts: v('yes yes yes no no'),
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
  'GET /administrators': 'appoint',
  'POST /administrators': 'appoint',
  'DELETE /administrators/{sub}': 'appoint',
  'POST /console-links': 'openConsole',
  'GET /clients': 'listClients',
  'POST /clients': 'administer',
  'GET /clients/{client_id}': 'readClient',
  'PUT /clients/{client_id}': 'administer',
  'DELETE /clients/{client_id}': 'administer',
  'POST /clients/{client_id}/rotate-secret': 'administer',
  'GET /clients/{client_id}/diagnosis': 'readClient',
  'GET /clients/{client_id}/exchanges': 'readClient',
  'GET /sessions': 'helpPeople',
  'DELETE /sessions': 'helpPeople',
  'POST /revocations': 'helpPeople',
  'GET /people': 'helpPeople',
  'GET /people/profile': 'helpPeople',
  'GET /people/explanation': 'helpPeople',
  'DELETE /people/delays': 'helpPeople',
  'POST /contact-centers/{id}/sso-check': 'helpPeople',
  'GET /sso-keys': 'administer',
  'POST /sso-keys/prepare': 'administer',
  'POST /sso-keys/activate': 'administer',
  'GET /signing-keys': 'administer',
  'POST /signing-keys': 'administer',
  'POST /signing-keys/rotate': 'administer',
  'POST /signing-keys/{kid}/retire': 'administer',
  'DELETE /signing-keys/{kid}': 'administer',
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
  'POST /audit/retention/confirm': 'administer',
  'POST /audit/reship': 'administer',
  'POST /audit/erase': 'administer',
};

/** Whether an administrator of the kind may call the route at all. What has no row is for none. */
export function mayCall(kind: AdministratorKind, method: string, url: string): boolean {
  const path = url.replace(/^\/auth\/v3\/ops/, '').replace(/:(\w+)/g, '{$1}');
  // A HEAD is answered as a GET without its body.
  const operation = `${method === 'HEAD' ? 'GET' : method} ${path}`;
  if (!Object.hasOwn(opsMatrix, operation)) return false;
  const rule: OpsRule | undefined = opsRules[opsMatrix[operation] as OpsRuleName];
  const verdict = rule.verdicts[administratorKinds.indexOf(kind)];
  return verdict === 'yes' || verdict === 'own';
}
