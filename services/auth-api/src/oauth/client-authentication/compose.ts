/** Composes how clients and operators prove who they are, and what binds tokens to their sender. */

import { createOperator } from '@gatehouse/caller-auth/credentials';
import type { App } from '@gatehouse/service-kit/http';
import type { Assertions } from '../../core/assertions/compose.ts';
import type { Core } from '../../core/core.ts';
import type { Domain, ServicesOf } from '../../core/domain.ts';
import type { Audit } from '../../records/audit/compose.ts';
import type { Clients } from '../../registry/clients/compose.ts';
import type { Tokens } from '../../tokens/compose.ts';
import { createClientAssertions } from './client-assertion.ts';
import { createClientAuthentication } from './client-authentication.ts';
import { createOpsAuthentication, guardAdministration } from './ops-authentication.ts';
import { createRefusalReport } from './refusals.ts';
import { createSenderConstraints } from './sender-constraints.ts';

interface ClientAuthenticationDependencies {
  config: { ops: Omit<Parameters<typeof createOperator>[0], 'verifier' | 'log'> };
  assertions: Assertions;
  audit: Audit;
  clients: Clients;
  tokens: Tokens;
}

export type ClientAuthenticationParts = ServicesOf<typeof composeClientAuthentication>;

export function composeClientAuthentication(core: Core, dependencies: ClientAuthenticationDependencies) {
  const { issuer, now, log } = core;
  const {
    config: { ops },
    assertions,
    audit,
    clients,
    tokens,
  } = dependencies;
  const opsAuthentication = createOpsAuthentication({
    operator: createOperator({ ...ops, verifier: clients.verifier, log }),
    resourceTokens: tokens.resources,
    consoleRights: tokens.consoleRights,
    audit: audit.writer,
  });
  const services = {
    opsUsername: ops.username,
    opsAuthentication,
    /** Refuses everybody whom the matrix does not allow the route. Call it before the routes of the scope are added. */
    guardAdministration: (scope: App) => guardAdministration(scope, opsAuthentication, now),
    clientAuthentication: createClientAuthentication({
      directory: clients.directory,
      verifier: clients.verifier,
      uses: clients.uses,
      assertions: createClientAssertions({
        issuer,
        directory: clients.directory,
        keySets: assertions.clientKeySets,
        singleUse: tokens.singleUse,
        now,
      }),
      report: createRefusalReport({
        directory: clients.directory,
        audit: audit.writer,
        strangers: audit.floodLimited({ maxPerAddress: 10, maxTotal: 300 }),
        log,
      }),
    }),
    senderConstraints: createSenderConstraints({
      proofs: tokens.dpopProofs,
      certificates: tokens.certificates,
      singleUse: tokens.singleUse,
    }),
  };
  return { services } satisfies Domain;
}
