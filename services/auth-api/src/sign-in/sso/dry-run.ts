/** Dry run: performs each step of single sign-on that works without a person, and says how to correct a step that fails. */
import type { SsoCheck, SsoCheckStep } from '@gatehouse/contracts/auth-administration';
import type { Clock } from '@gatehouse/service-kit/clock';
import { notFound } from '@gatehouse/service-kit/errors';
import type { UserService } from '../../people/accounts/service.ts';
import { SignInError } from '../../people/directories/sign-in-error.ts';
import type { ContactCenterService } from '../../registry/contact-centers/service.ts';
import { nameOf } from './asserted-person.ts';
import { SsoError } from './failure.ts';
import type { OidcSignOn, SamlSignOn, SignOnSettings, SsoSettings } from './settings.ts';

/** One step: a sentence when it went well, or what a dry run cannot try. @throws SsoError and others when it did not go well */
export interface CheckStep {
  name: string;
  run(): Promise<string | { warning: string } | { skipped: string }>;
}

export type SsoChecks = ReturnType<typeof createSsoChecks>;

export interface SsoChecksOptions {
  contactCenters: Pick<ContactCenterService, 'get'>;
  settings: Pick<SsoSettings, 'at'>;
  users: Pick<UserService, 'identify'>;
  saml(settings: SamlSignOn): CheckStep[];
  oidc(settings: OidcSignOn): CheckStep[];
  now: Clock;
}

export function createSsoChecks(options: SsoChecksOptions) {
  const { contactCenters, settings: known, users, now } = options;

  const personStep = (settings: SignOnSettings, userName: string): CheckStep => ({
    name: 'person',
    async run() {
      const { contactCenterId, userLookup: lookup, accessGroups } = settings;
      const name = nameOf({ name: userName, nameSource: 'the name' }, settings);
      const found = await users.identify({ contactCenterId, lookup, name, accessGroups });
      if (found.outcome === 'found') {
        const { loginName, dbid } = found.identity;
        return `${JSON.stringify(userName)} is ${loginName} (DBID ${dbid}), looked up as ${lookup}`;
      }
      throw new Error(`looked up as ${lookup}, ${JSON.stringify(name)} is ${sentences[found.outcome]}`);
    },
  });

  const checkOne = async (settings: SignOnSettings, userName: string | undefined) => {
    const own = settings.protocol === 'saml' ? options.saml(settings) : options.oidc(settings);
    const wanted = userName === undefined ? own : [...own, personStep(settings, userName)];
    const steps: SsoCheckStep[] = [];
    for (const { name, run } of wanted) {
      // The identity provider could not be identified: there is nothing to try with it.
      const isHopeless = name !== 'person' && steps.some(({ status }) => status === 'failed');
      if (isHopeless) steps.push({ step: name, status: 'skipped', message: 'not tried', durationMs: 0 });
      else steps.push(await timed(name, run));
    }
    const ok = steps.every(({ status }) => status !== 'failed');
    return { protocol: settings.protocol, location: settings.location, enabled: settings.enabled, ok, steps };
  };

  const timed = async (step: string, run: CheckStep['run']): Promise<SsoCheckStep> => {
    const startedMs = now();
    const outcome = await run().then(
      (found) => {
        if (typeof found === 'string') return { status: 'ok' as const, message: found };
        return 'warning' in found
          ? { status: 'warning' as const, message: found.warning }
          : { status: 'skipped' as const, message: found.skipped };
      },
      (error: unknown) => ({ status: 'failed' as const, message: messageOf(error) }),
    );
    return { step, ...outcome, durationMs: Math.max(0, Math.round(now() - startedMs)) };
  };

  return {
    /** `location`: whose settings are tried; ours by default. `within`: every other contact centre is answered as unknown. @throws AppError (404) */
    async check(
      contactCenterId: string,
      { userName, location }: { userName?: string | undefined; location?: string | undefined } = {},
      within = contactCenterId,
    ): Promise<SsoCheck> {
      if (contactCenterId !== within || (await contactCenters.get(contactCenterId)) === undefined)
        throw notFound('There is no such contact centre, or it is disabled');
      const protocols = [];
      for (const settings of await known.at(contactCenterId, location))
        protocols.push(await checkOne(settings, userName));
      const ok = protocols.some(({ enabled }) => enabled) && protocols.every((one) => one.ok);
      return { contactCenterId, ok, protocols };
    },
  };
}

const sentences = {
  unknown: 'nobody at the Configuration Server',
  disabled: 'a person who is disabled there',
  ambiguous: 'the name of more than one person there',
  not_a_member: 'in none of the accessGroups',
};

/** The reason for the log: the caller of this check may read it. */
function messageOf(error: unknown): string {
  if (error instanceof SsoError || error instanceof SignInError) return error.detail ?? error.message;
  return error instanceof Error ? error.message : String(error);
}
