/** Tokens of the operator console, as a person gets them by the own login there. */
import {
  consoleClientId,
  consoleLinkGrantType,
  contactCenterAdminAuthority,
} from '@gatehouse/contracts/auth-api';
import { passwordWay } from '@gatehouse/contracts/values';
import { randomUuid } from '@gatehouse/service-kit/crypto';
import type { AccessTokenRecord } from '../../src/tokens/access-token.ts';
import { newFamilyId } from '../../src/tokens/family-token.ts';
import { operatorSubject } from '../../src/tokens/operator-tokens.ts';
import { type AuthApi, contactCenterId, environmentId, ops } from './auth-api.ts';
import { opsCall } from './oauth.ts';

export interface ConsoleUser {
  sub: string;
  contactCenterId?: string;
}

/** The Authorization header of a person's token; `changes` make another one of it. */
export async function consoleToken(
  { deps }: Pick<AuthApi, 'deps'>,
  { sub, contactCenterId: place = contactCenterId }: ConsoleUser,
  changes: Partial<AccessTokenRecord> = {},
): Promise<string> {
  const nowMs = deps.now();
  const record = {
    clientId: consoleClientId,
    grantType: 'authorization_code',
    scope: ['openid'],
    audience: [],
    authorities: ['ROLE_USER'],
    contactCenterIds: [place],
    internalClient: false,
    issuedAtMs: nowMs,
    expiresAtMs: nowMs + 60_000,
    authorizedAtMs: nowMs,
    familyId: newFamilyId(),
    session: { sid: randomUuid(), authTimeMs: nowMs, amr: ['pwd'] },
    sub,
    identity: {
      sub,
      environmentId,
      contactCenterId: place,
      dbid: 1,
      tenantDbid: 101,
      username: `demo\\${sub}`,
      loginName: sub,
      cmeUserName: sub,
      authorities: [{ name: 'ROLE_USER', privileges: [] }],
      properties: {},
      entry: { domain: 'demo', way: passwordWay },
    },
    ...changes,
  };
  const format = {
    accessTokenFormat: 'opaque',
    accessTokenSignedResponseAlg: 'RS256',
    accessTokenTyp: 'at+jwt',
  } as const;
  return `Bearer ${await deps.tokens.access.issue(format, record)}`;
}

export const contactCenterAdministrator = (stack: Pick<AuthApi, 'deps'>, user: ConsoleUser) =>
  consoleToken(stack, user, { authorities: ['ROLE_USER', contactCenterAdminAuthority] });

export const operatorByLink = (stack: Pick<AuthApi, 'deps'>) =>
  consoleToken(
    stack,
    { sub: operatorSubject(ops.username) },
    {
      grantType: consoleLinkGrantType,
      authorities: [],
      contactCenterIds: [],
      identity: undefined,
      operator: {
        account: ops.username,
        linkRequest: 'request-of-the-link',
        mark: stack.deps.tokens.operatorAccount.mark,
      },
    },
  );

export const administratorsPath = '/auth/v3/ops/administrators';

export const addAdministrator = (
  api: Pick<AuthApi, 'app'>,
  data: Record<string, string>,
  authorization?: string,
) => opsCall(api, 'POST', administratorsPath, { data: { contactCenter: 'demo', ...data } }, authorization);

/** Below `/auth/v3/ops`. */
export const appointmentsPath = (contactCenter: string) => `/contact-centers/${contactCenter}/administrators`;

/** Puts a person on the list of a contact centre. */
export const appoint = (
  api: Pick<AuthApi, 'app'>,
  contactCenter: string,
  data: Record<string, unknown>,
  authorization?: string,
) => opsCall(api, 'POST', `/auth/v3/ops${appointmentsPath(contactCenter)}`, { data }, authorization);

export const letAdministratorsAppoint = (
  api: Pick<AuthApi, 'app'>,
  contactCenter: string,
  isAllowed = true,
) =>
  opsCall(api, 'PATCH', `/auth/v3/ops${appointmentsPath(contactCenter)}`, {
    data: { administratorsAppoint: isAllowed },
  });

export const removeAdministrator = (api: Pick<AuthApi, 'app'>, sub: string, authorization?: string) =>
  opsCall(api, 'DELETE', `${administratorsPath}/${sub}`, undefined, authorization);
