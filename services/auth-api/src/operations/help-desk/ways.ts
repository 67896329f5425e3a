/** Tells how people of a contact centre may sign in. */
import type { PasswordRule } from '../../people/accounts/password-rule.ts';
import type { UserService } from '../../people/accounts/service.ts';
import type { SsoSettings } from '../../sign-in/sso/settings.ts';
import type { Ways } from './sign-in-steps.ts';

export interface WaysOptions {
  users: Pick<UserService, 'isMember'>;
  ssoSettings: Pick<SsoSettings, 'enabled'>;
  passwordRule: PasswordRule;
}

/** Both throw while nobody can tell. */
export function createWays({ users, ssoSettings, passwordRule }: WaysOptions) {
  /** Without a question to the directory: whether the person is in one of the groups is not known. */
  const withoutGroups = async (contactCenterId: string, userName: string): Promise<Ways> => {
    const [first] = await ssoSettings.enabled(contactCenterId);
    if (first === undefined) return { provider: undefined, takesPassword: true, providerGroups: [] };
    const provider = first.protocol;
    const use = await passwordRule(contactCenterId, userName);
    if (use.allows === 'unless-member')
      return { provider, takesPassword: true, providerGroups: use.accessGroups };
    return { provider, takesPassword: use.allows === 'yes', providerGroups: [] };
  };

  return {
    withoutGroups,
    async of(contactCenterId: string, userName: string): Promise<Ways> {
      const ways = await withoutGroups(contactCenterId, userName);
      const { providerGroups: accessGroups } = ways;
      if (accessGroups.length === 0) return ways;
      return { ...ways, takesPassword: !(await users.isMember({ contactCenterId, userName, accessGroups })) };
    },
  };
}
