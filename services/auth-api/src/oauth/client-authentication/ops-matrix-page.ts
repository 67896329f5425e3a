/** Writes the part of docs/reference/authorisation.md about Auth API from the matrix. */
import { type OpsCallerKind, opsAuthorisation, opsCallerKinds } from './ops-matrix.ts';

const callers: Record<OpsCallerKind, string> = {
  operator: 'the operator account (HTTP Basic)',
  'operator by link': 'the operator account at the operator console, by a link',
  'installation administrator': 'a person on the list of installation administrators, at the console',
  'contact-centre administrator':
    'a person with the authority `ROLE_CONTACT_CENTER_ADMIN`, or on the list of the contact centre, at the console; bound to the contact centre of the login',
  'managing client':
    'a client that is bound to no contact centre, with the authority `ROLE_MANAGEMENT_APPLICATION`',
  'help desk':
    'a person with `ROLE_CONTACT_CENTER_HELP_DESK`, or on that list with this right, at the console; bound alike',
  auditor:
    'a person with `ROLE_CONTACT_CENTER_AUDITOR`, or on that list with this right, at the console; bound alike',
  'bound managing client': 'a client that is bound to contact centres, with that authority',
  client: 'any other client',
  user: "a person by the token of any other client than the console's, whatever its authorities",
};

export function opsMatrixPage(): string {
  return `## Auth API

From \`services/auth-api/src/oauth/client-authentication/ops-matrix.ts\`, which the guard of every route reads; a test tries every cell. Paths are below \`/auth/v3/ops\`. A route without
a row is for no caller, and the service does not start with one, nor with a row without a route. **own**: what belongs to the caller's own contact centre. A client belongs to a contact centre if it is bound to exactly that one; a person, if the audit trail
knows no login of the person to another one. A contact-centre administrator cannot revoke a client (403), reads only the security events of the contact centre, and changes its list only where the installation lets administrators do so (403 \`appointing_not_allowed\`).
A person with several rights of a contact centre gets the best answer of their columns.

◆ A person needs a sign-in of the last 15 minutes, with the factor that the policy of the contact centre requires (401 \`insufficient_user_authentication\`, RFC 9470).

What is about the caller alone has no row: \`/auth/v3/sessions\`, \`/auth/v3/consents\` and \`/auth/v3/userinfo\` answer every person about the own sessions, consents and claims, by
the person's own token or session cookie, and nothing of another person.

${opsCallerKinds.map((kind) => `- **${kind}**: ${callers[kind]}`).join('\n')}

${opsAuthorisation.table()}
`;
}
