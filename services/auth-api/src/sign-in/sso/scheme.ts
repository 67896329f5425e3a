/** Decides how a person signs in: through an identity provider, or with a password at the Configuration Server. */
import type { AuthScheme } from '@gatehouse/contracts/auth-api';
import { canonicalUserName, type LoginNames } from '../../people/accounts/login-name.ts';
import type { PasswordRule } from '../../people/accounts/password-rule.ts';
import type { UserService } from '../../people/accounts/service.ts';
import { SignInError } from '../../people/directories/sign-in-error.ts';
import type { ContactCenterService } from '../../registry/contact-centers/service.ts';
import type { SignOnSettings, SsoSettings } from './settings.ts';

export interface Named {
  /** May be `tenant\user`, or empty. */
  userName: string;
  tenant?: string | undefined;
}

export type Schemes = ReturnType<typeof createSchemes>;

export function createSchemes(deps: {
  contactCenters: Pick<ContactCenterService, 'domainOf' | 'resolve'>;
  settings: Pick<SsoSettings, 'enabled'>;
  users: Pick<UserService, 'isMember'>;
  loginNames: LoginNames;
}) {
  const { loginNames, contactCenters, settings, users } = deps;

  const find = async (named: Named): Promise<SignOnSettings | undefined> => {
    const { userName, tenant } = loginNames.read(named);
    const contactCenter = await contactCenters.resolve(tenant);
    if (contactCenter === undefined) return undefined;
    for (const candidate of await settings.enabled(contactCenter.id)) {
      const { accessGroups, contactCenterId } = candidate;
      if (accessGroups.length === 0) return candidate;
      if (userName !== '' && (await users.isMember({ contactCenterId, userName, accessGroups })))
        return candidate;
    }
    return undefined;
  };

  const settingsOf = async (named: Named) => {
    try {
      return await find(named);
    } catch (cause) {
      if (cause instanceof SignInError) throw cause;
      throw new SignInError('try_again', {
        detail: 'Environment API cannot tell how this contact centre signs in, and no usable copy is left',
        retryAfterSeconds: 2,
        cause,
      });
    }
  };

  return {
    /** The named contact centre, for the theme of the next page; undefined for a name that none can have. */
    tenantOf(named: Named): string | undefined {
      try {
        return loginNames.read(named).tenant;
      } catch {
        return undefined;
      }
    },
    /** The domain by which the contact centre is found, folded. */
    domainOf: (named: Named): string => contactCenters.domainOf(loginNames.read(named).tenant),
    /** The settings behind that answer; undefined for `basic`. @throws as `of` */
    settingsOf,
    /**
     * How the person signs in. The answer says nothing about who exists. A name that nobody has gets the answer for a
     * person outside of all access groups, after the same work. Accounts that keep their password look like the others.
     * @throws SignInError `try_again` (503)
     */
    of: async (named: Named): Promise<AuthScheme> => (await settingsOf(named))?.protocol ?? 'basic',
  };
}

/** Whether a password counts in a contact centre. */
export function createPasswordRule(settings: Pick<SsoSettings, 'enabled'>): PasswordRule {
  return async (contactCenterId, userName) => {
    const enabled = await settings.enabled(contactCenterId);
    const isKept = (names: readonly string[] = []) =>
      names.some((name) => canonicalUserName(name) === canonicalUserName(userName));
    if (enabled.length === 0 || enabled.some(({ passwordUsers }) => isKept(passwordUsers))) {
      return { allows: 'yes' };
    }
    if (enabled.some(({ accessGroups }) => accessGroups.length === 0)) {
      // Where some names keep their password, only the log may tell which.
      const isPublic = enabled.every(({ passwordUsers = [] }) => passwordUsers.length === 0);
      return { allows: 'no', isPublic };
    }
    return { allows: 'unless-member', accessGroups: enabled.flatMap(({ accessGroups }) => accessGroups) };
  };
}
