/** Composes how clients and operators prove who they are, and what binds tokens to their sender. */
import { createOperator } from '@gatehouse/caller-auth/credentials';
import type { App } from '@gatehouse/service-kit/http';
import type { Config } from '../../config.ts';
import type { Assertions } from '../../core/assertions/compose.ts';
import type { Core, Domain, ServicesOf } from '../../core/domain.ts';
import type { Audit } from '../../records/audit/compose.ts';
import type { Clients } from '../../registry/clients/compose.ts';
import type { Tokens } from '../../tokens/compose.ts';
import { createClientAssertions, mtlsBaseOf } from './client-assertion.ts';
import { createClientAuthentication } from './client-authentication.ts';
import { createOpsAuthentication, guardAdministration } from './ops-authentication.ts';
import { createRefusalReport } from './refusals.ts';
import { createSenderConstraints } from './sender-constraints.ts';

interface ClientAuthenticationDependencies {
  config: Pick<Config, 'mtls' | 'ops'>;
  assertions: Assertions;
  audit: Audit;
  clients: Clients;
  tokens: Tokens;
}

export type ClientAuthenticationParts = ServicesOf<typeof composeClientAuthentication>;

export function composeClientAuthentication(core: Core, dependencies: ClientAuthenticationDependencies) {
  const { issuer, now, log } = core;
  const { mtls, ops } = dependencies.config;
  const mtlsBase = mtlsBaseOf(issuer, mtls.url);
  const { clientKeySets: keySets } = dependencies.assertions;
  const { writer: audit, floodLimited } = dependencies.audit;
  const { directory, verifier, uses } = dependencies.clients;
  const { resources: resourceTokens, consoleRights, singleUse } = dependencies.tokens;
  const { dpopProofs: proofs, certificates } = dependencies.tokens;
  const operator = createOperator({ ...ops, verifier, log });
  const opsAuthentication = createOpsAuthentication({ operator, resourceTokens, consoleRights, audit, now });
  const strangers = floodLimited({ maxPerAddress: 10, maxTotal: 300 });
  const services = {
    opsUsername: ops.username,
    opsAuthentication,
    /** Refuses everybody whom the matrix does not allow the route. Call it before the routes of the scope are added. */
    guardAdministration: (scope: App) => guardAdministration(scope, opsAuthentication, now),
    clientAuthentication: createClientAuthentication({
      directory,
      verifier,
      uses,
      assertions: createClientAssertions({ issuer, mtlsBase, directory, keySets, singleUse, now }),
      report: createRefusalReport({ directory, audit, strangers, log }),
    }),
    senderConstraints: createSenderConstraints({ proofs, certificates, singleUse }),
  };
  return { services } satisfies Domain;
}
