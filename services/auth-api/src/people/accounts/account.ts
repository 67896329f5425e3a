/** Finds the account that a caller names and counts the attempt before the password is verified. */
import type { ContactCenterView } from '@gatehouse/contracts/environment-api';
import { LRUCache } from 'lru-cache';
import type { AuditWriter } from '../../records/audit/event.ts';
import { canonicalTenant } from '../../registry/contact-centers/fold-name.ts';
import type { ContactCenterService } from '../../registry/contact-centers/service.ts';
import type { MappedFailure } from '../directories/map-failure.ts';
import { SignInError } from '../directories/sign-in-error.ts';
import type { Attempt, PasswordAttemptLimiter } from './attempts/limiter.ts';
import type { LockoutRulesReader } from './lockout-rules.ts';
import { canonicalUserName, type LoginName, type LoginNames } from './login-name.ts';

/** The facts about an attempt for the limiter and the audit trail. */
export interface AttemptOrigin {
  clientAddress: string;
  /** Value of the browser's binding cookie: tells a device that signed in before from a stranger's. */
  device?: string | undefined;
  /** One of the first attempts at a login page that this browser was sent to. */
  isEarlyOnPage?: boolean | undefined;
  clientId?: string | undefined;
  correlationId: string;
  signal?: AbortSignal | undefined;
}

export interface Account extends LoginName {
  /** Undefined for an unknown tenant; no answer may show the difference. */
  contactCenter: ContactCenterView | undefined;
  /** The domain by which the contact centre was found; undefined if it was known. */
  domain: string | undefined;
  attempt: Attempt;
  /**
   * Counts the attempt for the name under which the directory has the account. A directory may find it by several: whoever tries
   * them has one budget. @throws SignInError `throttled`
   */
  countAs(userName: string): Promise<void>;
}

export interface NamedAccount {
  userName: string;
  tenant?: string | undefined;
  /** The contact centre of a signed-in user; replaces the tenant. */
  contactCenterId?: string | undefined;
  /** Contact centres whose users may sign in; empty or absent: every contact centre. */
  allowed?: readonly string[] | undefined;
  /** Of a login. Absent where it is changed: then it is wrong for attempts that have the same. */
  password?: string | undefined;
}

interface Purpose {
  /** The audit event to write when the attempt fails. */
  failed: 'login_failed' | 'password_change_failed';
  onRefused?(contactCenterId: string | undefined, error: SignInError): void;
}

interface OpenedName extends Pick<Account, 'contactCenter'> {
  name: LoginName;
  password: string | undefined;
}

export interface AccountsOptions {
  loginNames: LoginNames;
  contactCenters: Pick<ContactCenterService, 'domainOf' | 'resolve' | 'get' | 'environment'>;
  limiter: Pick<PasswordAttemptLimiter, 'reserve'>;
  lockoutRules: LockoutRulesReader;
  /** Writes events of attempts that had to wait. */
  throttled: Pick<AuditWriter, 'write'>;
  /** Writes events of attempts whose contact centre could not be read; the limiter does not count these. */
  unavailable: Pick<AuditWriter, 'write'>;
}

export type Accounts = ReturnType<typeof createAccounts>;

/** For so long an attempt by a further name of an account waits without a question to the directory. */
const knownNameMs = 60_000;
const maxKnownNames = 10_000;

export function createAccounts(options: AccountsOptions) {
  const { loginNames, contactCenters, limiter, lockoutRules, throttled, unavailable } = options;
  const knownAs = new LRUCache<string, string>({ max: maxKnownNames, ttl: knownNameMs });

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

  /** Counts the attempt before anybody is asked, by the name that was typed, and again when the directory has told its own. */
  const reserve = async (
    { name, contactCenter, password }: OpenedName,
    origin: AttemptOrigin,
    recordRefusal: (error: unknown) => Promise<never>,
  ): Promise<Pick<Account, 'attempt' | 'countAs'>> => {
    const typed = await accountKey(name, contactCenter, contactCenters);
    // Two environments may name one server, and find different people by the same name.
    const asked = `${contactCenter?.environmentId}\n${typed}`;
    let counted = knownAs.get(asked) ?? typed;
    const rules = await lockoutRules(contactCenter, name.tenant);
    const subject = {
      account: counted,
      rules,
      address: origin.clientAddress,
      device: origin.device,
      isEarlyOnPage: origin.isEarlyOnPage,
      question: password && JSON.stringify([contactCenter?.id, name.userName, password]),
    };
    const attempt = await limiter.reserve(subject).catch(recordRefusal);
    const countAs = async (userName: string) => {
      const account = await accountKey({ userName }, contactCenter, contactCenters);
      if (account === counted) return;
      if (account === typed) knownAs.delete(asked);
      else knownAs.set(asked, account);
      await attempt.moveTo(account).catch(recordRefusal);
      counted = account;
    };
    return { attempt, countAs };
  };

  return {
    /** @throws SignInError `credentials_required`, `throttled` or `try_again`; calls `onRefused` for the last two */
    async open(named: NamedAccount, origin: AttemptOrigin, { failed, onRefused }: Purpose): Promise<Account> {
      const name: LoginName =
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
      const { password } = named;
      const reserved = await reserve({ name, contactCenter, password }, origin, async (error) => {
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
      });
      const domain = named.contactCenterId === undefined ? contactCenters.domainOf(name.tenant) : undefined;
      return { ...name, contactCenter, domain, ...reserved };
    },
  };
}

/**
 * User names are unique at a Configuration Server, which counts for all its tenants together: so do we, also where several
 * environments name it.
 */
export async function accountKey(
  name: LoginName,
  contactCenter: ContactCenterView | undefined,
  contactCenters: Pick<ContactCenterService, 'environment'>,
): Promise<string> {
  const place = contactCenter
    ? await serverOf(contactCenter, contactCenters)
    : `?${canonicalTenant(name.tenant ?? '')}`;
  return `${place}\n${canonicalUserName(name.userName)}`;
}

/** The same in every region: all of them know all servers of the environment. */
async function serverOf(
  { environmentId }: ContactCenterView,
  contactCenters: Pick<ContactCenterService, 'environment'>,
): Promise<string> {
  // While it cannot be read, no server is asked about a password, so none counts.
  const environment = await contactCenters.environment(environmentId).catch(() => undefined);
  if (environment === undefined) return environmentId;
  const { consulService, srvRecord, configServers, ldap } = environment;
  const addresses = configServers.map(
    ({ primaryAddress, primaryPort }) => `${primaryAddress}:${primaryPort}`,
  );
  addresses.push(...(ldap?.servers ?? []).map(({ address, port }) => `${address}:${port}`));
  const [first = environmentId] = [consulService ?? srvRecord ?? [], addresses.toSorted()].flat();
  return first.toLowerCase();
}

export function auditFactsOf({ correlationId, clientAddress, clientId }: AttemptOrigin) {
  return { correlationId, clientAddress, clientId };
}

/**
 * After a failure: clears the count, counts the attempt, or gives it back. `recordFailure` writes it down; an attempt that had
 * to wait was recorded where it was counted. @throws SignInError always
 */
export async function failAttempt(
  { attempt }: Pick<Account, 'attempt'>,
  { error, counts, passwordWasRight }: MappedFailure,
  recordFailure: () => Promise<void>,
): Promise<never> {
  const settle = () => {
    if (passwordWasRight) return attempt.succeed();
    return counts ? attempt.refuse() : attempt.release();
  };
  await Promise.all([settle(), error.failure === 'throttled' ? undefined : recordFailure()]);
  throw error;
}
