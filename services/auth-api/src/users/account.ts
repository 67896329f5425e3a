/** Finds the account that somebody names, and counts the attempt before anybody is asked about the password. */
import type { ContactCenterView } from '@gatehouse/contracts/environment-api/contact-center';
import type { Attempt } from '@gatehouse/service-kit/limits/attempt-counter';
import type { AuditWriter } from '../audit/event.ts';
import { canonicalTenant } from '../contact-centers/fold-name.ts';
import type { ContactCenterService } from '../contact-centers/service.ts';
import type { AttemptLimiter } from './attempt-limiter.ts';
import { canonicalUserName, type LoginName, type LoginNames } from './login-name.ts';
import { SignInError } from './sign-in-error.ts';
import type { AttemptOrigin } from './user-service.ts';

export interface Account extends LoginName {
  /** Undefined for an unknown tenant; nothing outward may show the difference. */
  contactCenter: ContactCenterView | undefined;
  attempt: Attempt;
}

export interface AccountsOptions {
  loginNames: LoginNames;
  contactCenters: Pick<ContactCenterService, 'resolve' | 'get'>;
  limiter: AttemptLimiter;
  /** Writes of those that had to wait. */
  throttled: Pick<AuditWriter, 'write'>;
  /** Writes of those whose contact centre nobody could tell; they are counted by no limiter. */
  unavailable: Pick<AuditWriter, 'write'>;
}

export interface NamedAccount {
  userName: string;
  tenant?: string | undefined;
  /** Known already for a signed-in user; replaces the tenant. */
  contactCenterId?: string | undefined;
  /** Contact centres whose users are let in; empty or absent means every one. */
  allowed?: readonly string[] | undefined;
}

/** For what the account is opened, and who wants to know that it was refused. */
export interface Purpose {
  failed: 'login_failed' | 'password_change_failed';
  onRefused?(contactCenterId: string | undefined, error: SignInError): void;
}

export interface Accounts {
  /** @throws SignInError `credentials_required`, `throttled` or `try_again`; of the last two it tells `purpose` */
  open(named: NamedAccount, origin: AttemptOrigin, purpose: Purpose): Promise<Account>;
}

export function createAccounts({
  loginNames,
  contactCenters,
  limiter,
  throttled,
  unavailable,
}: AccountsOptions): Accounts {
  const findContactCenter = async (named: NamedAccount, tenant: string | undefined) => {
    try {
      const found = await (named.contactCenterId === undefined
        ? contactCenters.resolve(tenant)
        : contactCenters.get(named.contactCenterId));
      const isAllowed = !named.allowed?.length || (found !== undefined && named.allowed.includes(found.id));
      return isAllowed ? found : undefined;
    } catch (cause) {
      throw new SignInError('try_again', {
        detail: 'Environment API cannot tell which contact centre this is, and no usable copy is left',
        retryAfterSeconds: 2,
        cause,
      });
    }
  };

  return {
    async open(named, origin, { failed, onRefused }) {
      const name =
        named.contactCenterId === undefined ? loginNames.read(named) : { userName: named.userName };
      if (name.userName === '') throw new SignInError('credentials_required', { field: 'username' });
      const contactCenter = await findContactCenter(named, name.tenant).catch(async (error: SignInError) => {
        onRefused?.(undefined, error);
        await unavailable.write({
          name: failed,
          outcome: 'failure',
          ...auditFactsOf(origin),
          fields: { userName: name.userName, reason: error.failure, detail: error.detail ?? '' },
        });
        throw error;
      });
      try {
        const attempt = await limiter.reserve({
          account: accountKey(name, contactCenter),
          address: origin.clientAddress,
          device: origin.device,
        });
        return { ...name, contactCenter, attempt };
      } catch (error) {
        if (error instanceof SignInError) {
          onRefused?.(contactCenter?.id, error);
          await throttled.write({
            name: 'login_throttled',
            outcome: 'failure',
            ...auditFactsOf(origin),
            contactCenterId: contactCenter?.id,
            fields: { userName: name.userName, reason: error.detail ?? error.failure },
          });
        }
        throw error;
      }
    },
  };
}

/** User names are unique in an environment, so every tenant of it counts together. */
function accountKey(name: LoginName, contactCenter: ContactCenterView | undefined): string {
  const place = contactCenter ? contactCenter.environmentId : `?${canonicalTenant(name.tenant ?? '')}`;
  return `${place}\n${canonicalUserName(name.userName)}`;
}

export function auditFactsOf(origin: AttemptOrigin) {
  return {
    correlationId: origin.correlationId,
    clientAddress: origin.clientAddress,
    clientId: origin.clientId,
  };
}
