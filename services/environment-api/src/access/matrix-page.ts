/** Writes docs/reference/authorisation.md from the matrix. */
import type { Verdict } from '@gatehouse/caller-auth/authorisation';
import { authorisation, openOperations } from './matrix.ts';
import { type CallerKind, callerKinds } from './rules.ts';

const callers: Record<CallerKind, string> = {
  operator: 'the operator account (HTTP Basic)',
  'internal client': 'a client of the installation itself (`internalClient`)',
  'managing internal client': 'the same with the authority `ROLE_MANAGEMENT_APPLICATION`',
  'managing client': 'any client that is bound to no contact centre, with that authority',
  client: 'any client that is bound to no contact centre, without it',
  'bound client': 'a client that is bound to contact centres',
  'managing bound client': 'the same with the authority',
  user: "a person, whichever client asked for the token; bound to the person's contact centre. The two rights of the console change nothing in a token of any other client",
  'managing user': 'the same with the authority',
  'installation administrator':
    'a person on the list of installation administrators, by the own login to the operator console',
  'contact-centre administrator':
    'a person with the authority `ROLE_CONTACT_CENTER_ADMIN`, or on the list of the contact centre, by the own login to the console; bound to the contact centre of the login',
  'SCIM key': 'a program with an API key whose purpose is `scim`, of its contact centre',
  'help desk':
    'a person with `ROLE_CONTACT_CENTER_HELP_DESK`, or on that list with this right, by the own login to the console; bound alike',
  auditor:
    'a person with `ROLE_CONTACT_CENTER_AUDITOR`, or on that list with this right, by the own login to the console; bound alike',
};

const verdicts: Record<Verdict, string> = {
  yes: 'allowed',
  refused: '401: no credential here',
  no: '403',
  hidden: '404, as if the object did not exist',
  empty: 'an empty list',
  own: "the rows of the caller's own contact centres",
};

export function matrixPage(): string {
  return `# Authorisation

Written by \`npm run generate\`. Two tables say who may call what: Environment API, and [the administration of Auth API](#auth-api).
[Authorities](../explain/authorities.md) says who gets the rights.

## Environment API

From \`services/environment-api/src/access/matrix.ts\`, which the guard of every route reads; a test tries every cell. Two words in a cell: for the caller's own contact
centre / for another one. A request that has no row is refused. The service does not start with a route without a row, or with a row without a route. ${openOperations.map((one) => `\`${one}\``).join(' and ')} have no row: where the installation serves them, anybody may read them. A read-only region refuses every write with 403 \`read_only_region\`, whoever the caller is.

### Callers

${callerKinds.map((kind) => `- **${kind}**: ${callers[kind]}`).join('\n')}

### Verdicts

${Object.entries(verdicts)
  .map(([verdict, meaning]) => `- **${verdict}**: ${meaning}`)
  .join('\n')}

### Operations

- ◆ A person needs a sign-in of the last 15 minutes, with the factor that the policy of the contact centre requires
  (401 \`insufficient_user_authentication\`, RFC 9470). Programs with a SCIM key are not asked.
- ● Where an administrator of the installation signs in at the contact centre, a caller that is bound to it gets 403 \`place_of_administrators\`. So does a caller
  that is bound to it or has a SCIM key of it, for the record and the password of that person. The help desk gets 403 \`person_with_right\` for everybody with a right at the console, and a
  SCIM key for administrators of the contact centre.

Paths are below \`/environment/v3\`. A change of \`domains\`, \`environmentId\`, \`membership\` or \`subjectScope\` of a contact centre needs what
\`POST /contact-centers\` needs. A change of its \`status\` or \`secondFactor\` is under ●.

${authorisation.table()}
`;
}
