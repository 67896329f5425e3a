/** Reports why a client failed to authenticate: to the log, to the audit trail and, where it is no oracle, to the caller. */

import { invalidClient, OAuthError, plainDescription } from '@gatehouse/caller-auth/oauth-errors';
import { definedOnly } from '@gatehouse/contracts/values';
import type { Logger } from '@gatehouse/service-kit/observability';
import type { AuditWriter } from '../../records/audit/event.ts';
import { onlyCenterOf } from '../../registry/clients/client.ts';
import type { ClientDirectory } from '../../registry/clients/directory.ts';

/** A public interface: dashboards and alarms use them. */
type Reason =
  | 'no_credentials'
  | 'malformed_credentials'
  | 'contradictory_request'
  | 'unknown_client'
  | 'no_secret'
  | 'wrong_secret'
  | 'wrong_method'
  | 'assertion_refused';

interface Facts {
  /** For the operator alone. */
  detail: string;
  /** For the caller. Never whether a client exists or a secret is nearly right. */
  description?: string;
  clientId?: string | undefined;
  method?: string | undefined;
}

export class ClientRefusal extends OAuthError {
  readonly reason: Reason;
  readonly facts: Facts;

  constructor(reason: Reason, facts: Facts) {
    const { challenge, message } = invalidClient();
    const text =
      facts.description === undefined ? message : `${message}: ${plainDescription(facts.description)}`;
    super('invalid_client', 401, text, definedOnly({ challenge, detail: facts.detail, refusal: reason }));
    this.reason = reason;
    this.facts = facts;
  }
}

interface Origin {
  clientAddress: string;
  correlationId: string;
}

interface RefusalOptions {
  directory: Pick<ClientDirectory, 'findRegistered'>;
  audit: Pick<AuditWriter, 'write'>;
  /** Flood limited, for requests that anybody can repeat without limit. */
  strangers: Pick<AuditWriter, 'write'>;
  log: Logger;
}

/** A stranger may choose it. */
const maxIdLength = 128;

export type ReportRefusal = ReturnType<typeof createRefusalReport>;

/** Rethrows the error; what is no refusal of a client, such as 429, is not reported. */
export function createRefusalReport({ directory, audit, strangers, log }: RefusalOptions) {
  return async (error: unknown, { clientAddress, correlationId }: Origin): Promise<never> => {
    if (!(error instanceof OAuthError) || error.status >= 500) throw error;
    const refusal = error instanceof ClientRefusal ? error : undefined;
    const { clientId = '', method, detail = error.message } = refusal?.facts ?? {};
    const reason: Reason = refusal?.reason ?? 'contradictory_request';
    const facts = definedOnly({ reason, method, detail });
    const named = clientId === '' ? undefined : clientId.slice(0, maxIdLength);
    log.info(
      { event: 'client_authentication_failed', correlationId, ...definedOnly({ clientId: named }), ...facts },
      'a client failed to authenticate',
    );
    const writer = named === undefined ? strangers : audit;
    const client = named === undefined ? undefined : await directory.findRegistered(named);
    await writer.write({
      name: 'client_authentication_failed',
      outcome: 'failure',
      clientId: named,
      contactCenterId: client && onlyCenterOf(client),
      correlationId,
      clientAddress,
      fields: facts,
    });
    throw error;
  };
}
