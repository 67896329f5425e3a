/** Authenticates administrators: the operator by HTTP Basic, managing clients and people at the console by their tokens. */

import { isDangerous, markGuarded } from '@gatehouse/caller-auth/authorisation';
import {
  hasScheme,
  type Operator,
  parseBasicCredentials,
  requireStepUp,
  type StepUp,
} from '@gatehouse/caller-auth/credentials';
import type { ResourceTokens, SenderRequest } from '@gatehouse/caller-auth/sender-constraint';
import { managementAuthority } from '@gatehouse/contracts/auth-api';
import type { Clock } from '@gatehouse/service-kit/clock';
import { AppError, forbidden, unauthorized } from '@gatehouse/service-kit/errors';
import { type App, nameCorsCaller, visitorAddressOf } from '@gatehouse/service-kit/http';
import type { FastifyRequest } from 'fastify';
import { nameActor } from '../../core/administration/actor.ts';
import type { AuditWriter } from '../../records/audit/event.ts';
import type { StoredAccessToken } from '../../tokens/access-token.ts';
import type { ConsoleRight, ConsoleRights } from '../../tokens/console-rights.ts';
import { type AdministratorKind, allows, kindsOfContactCenter, opsAuthorisation } from './ops-matrix.ts';

export interface OpsCredentials {
  sender: SenderRequest;
  clientAddress: string;
  correlationId: string;
}

export interface Administrator {
  kinds: readonly AdministratorKind[];
  /** The operator account, a client id, or the `sub` of a person. */
  name: string;
  /** The client whose token a person came with. */
  clientId?: string;
  /** Of the operator at the console: correlation id of the request that made the link. */
  linkRequest?: string;
  /** The contact centre that the person administers, and nothing beyond it. */
  contactCenterId?: string;
  /** Of a person: what the policy requires, and what the sign-in has. */
  stepUp?: StepUp;
}

export type OpsAuthentication = ReturnType<typeof createOpsAuthentication>;

export interface OpsAuthenticationOptions {
  operator: Operator;
  resourceTokens: ResourceTokens<StoredAccessToken>;
  consoleRights: Pick<ConsoleRights, 'of' | 'missing'>;
  audit: AuditWriter;
  now: Clock;
}

export function createOpsAuthentication(options: OpsAuthenticationOptions) {
  const { operator, resourceTokens, consoleRights, audit, now } = options;

  async function authenticateBasic(credentials: OpsCredentials): Promise<Administrator> {
    const readings = parseBasicCredentials(credentials.sender.headers.authorization);
    if (await operator.isProvedBy(readings, credentials.clientAddress)) {
      nameCorsCaller(credentials.sender, { contactCenterIds: [] });
      return { kinds: ['operator'], name: operator.username };
    }
    await audit.write({
      name: 'ops_authentication_failed',
      outcome: 'failure',
      correlationId: credentials.correlationId,
      clientAddress: credentials.clientAddress,
    });
    throw unauthorized();
  }

  async function administratorBy(stored: StoredAccessToken): Promise<Administrator> {
    const right = await consoleRights.of(stored);
    if (right !== undefined) return administratorOf(right, stored.facts.clientId);
    const missing = await consoleRights.missing(stored);
    if (missing !== undefined) requireStepUp(missing, { isDangerous: false, nowMs: now() });
    const { clientId, sub, authorities, contactCenterIds } = stored.record();
    // A user's token administers nothing outside the console, whatever its client may do.
    if (sub !== undefined || !authorities.includes(managementAuthority)) {
      throw forbidden(
        `This needs a client with the authority ${managementAuthority}, or the operator console`,
      );
    }
    // An administrator could give itself and others every contact centre.
    if (contactCenterIds.length > 0) {
      throw forbidden(
        'This client is bound to a contact centre: it cannot administer what all of them share',
      );
    }
    return { kinds: ['managing client'], name: clientId };
  }

  return {
    /** The caller decides the rights of the administrator. @throws AppError (401, 403, 429, 503) */
    async authenticate(credentials: OpsCredentials): Promise<Administrator> {
      const { sender } = credentials;
      if (hasToken(sender)) return administratorBy(await resourceTokens.require(sender));
      if (sender.headers.authorization === undefined)
        throw new AppError('unauthorized', 401, 'Bad credentials');
      return authenticateBasic(credentials);
    },
    /** An authenticated administrator as of now; undefined: the operator, whose account ends with the process. @throws AppError (401, 403, 503) */
    async look(sender: SenderRequest): Promise<Administrator | undefined> {
      return hasToken(sender) ? administratorBy(await resourceTokens.again(sender)) : undefined;
    },
  };
}

function hasToken({ headers }: SenderRequest): boolean {
  return hasScheme(headers.authorization, 'bearer') || hasScheme(headers.authorization, 'dpop');
}

function administratorOf(right: ConsoleRight, clientId: string): Administrator {
  if (right.kind === 'operator by link') {
    const { account: name, linkRequest } = right.operator;
    return { kinds: [right.kind], name, clientId, linkRequest };
  }
  const { sub: name, stepUp } = right;
  const person = { name, clientId, stepUp };
  if (right.kind === 'installation administrator') return { ...person, kinds: [right.kind] };
  const { contactCenterId, rights } = right;
  return { ...person, kinds: rights.map((one) => kindsOfContactCenter[one]), contactCenterId };
}

/** Guards every route of the scope, also those of its child scopes. */
export function guardAdministration(scope: App, opsAuthentication: OpsAuthentication, now: Clock): void {
  const admit = (request: FastifyRequest, administrator: Administrator): void => {
    const { kinds, contactCenterId, stepUp, ...named } = administrator;
    const rule = opsAuthorisation.ruleOf(request.method, request.routeOptions.url ?? '');
    if (rule === undefined || !allows(rule, kinds))
      throw forbidden(`This is not for a caller of the kind ${kinds.join(', ')}`);
    if (stepUp !== undefined)
      requireStepUp(stepUp, { isDangerous: isDangerous(rule, request.query as object), nowMs: now() });
    const isLesser = contactCenterId !== undefined && !kinds.includes('contact-centre administrator');
    const by = { ...named, within: contactCenterId, isLesser };
    const clientAddress = visitorAddressOf(request, named.clientId);
    nameActor(request, { ...by, correlationId: request.id, clientAddress });
  };
  markGuarded(scope);
  // Before the body is read: a stranger's JSON is not even parsed.
  scope.addHook('onRequest', async (request, reply) => {
    reply.header('cache-control', 'no-store');
    const credentials = { sender: request, clientAddress: request.ip, correlationId: request.id };
    admit(request, await opsAuthentication.authenticate(credentials));
  });
  // The sender decides when the body comes: right, sign-in and token may be gone since the headers did.
  scope.addHook('preHandler', async (request) => {
    if (request.method === 'GET' || request.method === 'HEAD') return;
    const administrator = await opsAuthentication.look(request);
    if (administrator !== undefined) admit(request, administrator);
  });
}
