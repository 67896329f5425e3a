/** Tells how people of a contact centre may sign in. */
import { readLinkIssuer } from '@gatehouse/contracts/environment-api';
import type { PasswordRule } from '../../people/accounts/password-rule.ts';
import type { UserService } from '../../people/accounts/service.ts';
import type { SignOnSettings, SsoSettings } from '../../sign-in/sso/settings.ts';
import type { Ways } from './sign-in-steps.ts';

export interface WaysOptions {
  users: Pick<UserService, 'isMember'>;
  ssoSettings: Pick<SsoSettings, 'enabled'>;
  passwordRule: PasswordRule;
}

/** Of SAML any link counts: the name of the provider stands in its metadata. */
function leadsTo(settings: SignOnSettings, linkIssuer: string): boolean {
  const { protocol, issuer } = readLinkIssuer(linkIssuer);
  return settings.protocol === protocol && (settings.protocol === 'saml' || settings.issuer === issuer);
}

/** Both throw while nobody can tell. */
export function createWays({ users, ssoSettings, passwordRule }: WaysOptions) {
  /** Without a question to the directory: whether the person is in one of the groups is not known. */
  const withoutGroups = async (contactCenterId: string, userName: string): Promise<Ways> => {
    const enabled = await ssoSettings.enabled(contactCenterId);
    const [first] = enabled;
    if (first === undefined) return { provider: undefined, takesPassword: true, providerGroups: [] };
    const isLink = enabled.every(({ createPeople = false }) => createPeople)
      ? (issuer: string) => enabled.some((settings) => leadsTo(settings, issuer))
      : undefined;
    const ofProvider = { provider: first.protocol, isLink };
    const use = await passwordRule(contactCenterId, userName);
    if (use.allows === 'unless-member')
      return { ...ofProvider, takesPassword: true, providerGroups: use.accessGroups };
    return { ...ofProvider, takesPassword: use.allows === 'yes', providerGroups: [] };
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
