/** Says what an application or a request demands of a person beyond the policy. */
import { type AssuranceLevel, definedOnly } from '@gatehouse/contracts/values';

/** Plain JSON: a sign-in that waits keeps it. */
export interface Demands {
  client?: { clientId: string; minimumAcr: AssuranceLevel } | undefined;
  request?: AssuranceLevel | undefined;
}

/** `level`: of what the request calls essential. */
export function demandsOf(
  client: { clientId: string; minimumAcr?: AssuranceLevel | undefined } | undefined,
  level?: AssuranceLevel | undefined,
): Demands {
  const minimumAcr = client?.minimumAcr;
  return definedOnly({
    client: client && minimumAcr && { clientId: client.clientId, minimumAcr },
    request: level,
  });
}
