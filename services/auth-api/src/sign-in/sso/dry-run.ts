/** Dry run: performs each step of single sign-on that works without a person, and says how to correct a step that fails. */
import type { EnvironmentApiClient } from '@gatehouse/api-client/environment-api';
import { UpstreamError } from '@gatehouse/api-client/http';
import { errorEnvelope } from '@gatehouse/contracts/answers';
import type { SsoCheck } from '@gatehouse/contracts/auth-administration';
import type { OidcChange, SamlChange } from '@gatehouse/contracts/resources';
import type { ProblemReason, SignOnProtocol } from '@gatehouse/contracts/values';
import type { Clock } from '@gatehouse/service-kit/clock';
import { badRequest, unavailable } from '@gatehouse/service-kit/errors';
import { saidAs } from '@gatehouse/service-kit/health';
import { say } from '@gatehouse/service-kit/sentences';
import type { UserService } from '../../people/accounts/service.ts';
import type { ContactCenterService } from '../../registry/contact-centers/service.ts';
import { nameOf } from './asserted-person.ts';
import { type CheckStep, passed, runSteps } from './check-step.ts';
import { requireOwn } from './place.ts';
import {
  type OidcSignOn,
  type SamlSignOn,
  type SignOnSettings,
  type SsoSettings,
  signOnsOf,
} from './settings.ts';

export type SsoChecks = ReturnType<typeof createSsoChecks>;

/** The steps of a protocol. */
interface ProtocolChecks<Settings> {
  stored(settings: Settings): CheckStep[];
  /** Nothing that they learn of a provider may reach a login. */
  unstored(settings: Settings): CheckStep[];
}

export interface SsoChecksOptions {
  environmentApi: Pick<EnvironmentApiClient, 'planSingleSignOn'>;
  contactCenters: Pick<ContactCenterService, 'get'>;
  settings: Pick<SsoSettings, 'at'>;
  users: Pick<UserService, 'identify'>;
  saml: ProtocolChecks<SamlSignOn>;
  oidc: ProtocolChecks<OidcSignOn>;
  now: Clock;
}

/** A change of the settings at a location. */
type Trial = (SamlChange | OidcChange) & { location: string; userName?: string | undefined };

export function createSsoChecks(options: SsoChecksOptions) {
  const { environmentApi, contactCenters, settings: known, users, now } = options;

  const personStep = (settings: SignOnSettings, userName: string): CheckStep => ({
    name: 'person',
    async run() {
      const { contactCenterId, accessGroups } = settings;
      const creates = settings.createPeople === true;
      const lookup = creates ? 'userName' : settings.userLookup;
      const name = nameOf({ name: userName, nameSource: 'the name' }, settings);
      const found = await users.identify({ contactCenterId, lookup, name, accessGroups });
      if (creates && found.outcome === 'unknown') return passed(say('signOn.trial.new', { userName: name }));
      if (found.outcome !== 'found')
        return saidAs('failed', [say(`signOn.person.${found.outcome}`, { name, lookup })]);
      const { loginName, dbid } = found.identity;
      return passed(say('signOn.person.found', { name: userName, userName: loginName, dbid, lookup }));
    },
  });

  const checkOne = async (
    kind: keyof ProtocolChecks<never>,
    settings: SignOnSettings,
    userName: string | undefined,
  ) => {
    const own = settings.protocol === 'saml' ? options.saml[kind](settings) : options.oidc[kind](settings);
    const steps = await runSteps(
      userName === undefined ? own : [...own, personStep(settings, userName)],
      now,
    );
    const ok = steps.every(({ status }) => status !== 'failed');
    return { protocol: settings.protocol, location: settings.location, enabled: settings.enabled, ok, steps };
  };

  return {
    /** `location`: whose settings are tried; ours by default. @throws AppError (404) */
    async check(
      contactCenterId: string,
      { userName, location }: { userName?: string | undefined; location?: string | undefined } = {},
      within?: string,
    ): Promise<SsoCheck> {
      await requireOwn(contactCenters, contactCenterId, within);
      const protocols = [];
      for (const settings of await known.at(contactCenterId, location))
        protocols.push(await checkOne('stored', settings, userName));
      const ok = protocols.some(({ enabled }) => enabled) && protocols.every((one) => one.ok);
      return { contactCenterId, ok, protocols };
    },

    /**
     * The settings that the change would store. Environment API decides that, and whether the stored secret may go where the change sends
     * it; nothing is stored. @throws AppError (400, 404)
     */
    async tryChange(
      contactCenterId: string,
      protocol: SignOnProtocol,
      { userName, ...change }: Trial,
      within?: string,
    ): Promise<SsoCheck> {
      await requireOwn(contactCenters, contactCenterId, within);
      const plan = await environmentApi.planSingleSignOn(contactCenterId, protocol, change).catch(refuse);
      const protocols = [];
      for (const settings of signOnsOf(contactCenterId, plan))
        protocols.push(await checkOne('unstored', settings, userName));
      return { contactCenterId, ok: protocols.every(({ ok }) => ok), protocols };
    },
  };
}

/** Its refusal, as it names the fields. @throws AppError (400, 503) */
function refuse(error: unknown): never {
  if (!(error instanceof UpstreamError)) throw error;
  const refusal = error.status === 400 ? errorEnvelope.safeParse(JSON.parse(error.body)).data : undefined;
  if (refusal === undefined)
    throw unavailable('Environment API', { cause: error, detail: 'the settings could not be planned' });
  const { status, errors = [] } = refusal;
  const named = errors.length > 0 ? errors.map((one) => one.status) : [status];
  const problems = named.flatMap(({ field, message, reason, limit }) =>
    field === undefined ? [] : [{ field, message: message ?? '', reason: reason as ProblemReason, limit }],
  );
  throw badRequest(status.message ?? 'The settings cannot be stored', { problems });
}
