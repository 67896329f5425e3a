/** Says which second factor a sign-in of a person lacks, and why: what the gate answers, in words. */
import type { ContactCenterView } from '@gatehouse/contracts/environment-api';
import { notFound } from '@gatehouse/service-kit/errors';
import type { Verdict } from '@gatehouse/service-kit/health';
import { type Said, say } from '@gatehouse/service-kit/sentences';
import { countedPasskeys, lastingFactors } from '../../factors/store/held.ts';
import type { FoundPerson } from '../../people/accounts/identify.ts';
import type { UserService } from '../../people/accounts/service.ts';
import { type Client, servesContactCenter } from '../../registry/clients/client.ts';
import type { ClientDirectory } from '../../registry/clients/directory.ts';
import type { Prospect, Prospects } from '../../sign-in/second-step/prospects.ts';
import { usesProvider, type Ways } from './sign-in-steps.ts';
import { cause, ok, unneeded, warning } from './verdicts.ts';

export interface FactorStepsOptions {
  users: Pick<UserService, 'identify'>;
  prospects: Prospects;
  clientDirectory: Pick<ClientDirectory, 'find'>;
}

export function createFactorSteps({ users, prospects, clientDirectory }: FactorStepsOptions) {
  /** The roles of the person are those that a sign-in would give. Undefined: nobody of that name could sign in. */
  async function prospectOf(contactCenterId: string, userName: string, ways: Ways, client?: Client) {
    const named = { contactCenterId, lookup: 'userName', name: userName, accessGroups: [] } as const;
    const identified = await users.identify(named);
    if (identified.outcome !== 'found') return undefined;
    const beginnings = { byPassword: ways.takesPassword, byProvider: usesProvider(ways) };
    return prospects.of(identified.identity, beginnings, client);
  }

  return {
    /** `client`: the application that the person signs in to. @throws SignInError, AppError (503) */
    async of(
      { id, status }: ContactCenterView,
      person: FoundPerson | undefined,
      ways: Ways,
      client: Client | undefined,
    ): Promise<Verdict> {
      if (person === undefined) return unneeded(say('signIn.account.none'));
      const canBegin = person.isEnabled && status === 'active';
      const prospect = canBegin ? await prospectOf(id, person.userName, ways, client) : undefined;
      if (prospect === undefined) return unneeded(say('signIn.factor.notAsked'));
      return factorStep(prospect, ways, client?.clientId);
    },

    /** One answer for a client that there is not and for one of others. @throws AppError (404, 503) */
    async application({ id, name }: ContactCenterView, clientId: string): Promise<Client> {
      const client = await clientDirectory.find(clientId);
      if (client !== undefined && servesContactCenter(client, id)) return client;
      const message = `The contact centre ${name} has no client ${JSON.stringify(clientId)}`;
      throw notFound(message, { field: 'client', reason: 'unknown_reference' });
    },
  };
}

/** Says what the gate answers to everything that the person can give. `clientId`: the application that was asked for. */
function factorStep(prospect: Prospect, ways: Ways, clientId: string | undefined): Verdict {
  const { need, held, policy, isEnough, graceEndsAtMs, next, isAddable } = prospect;
  const isHolder = lastingFactors(held) > 0;
  const demanded = demandedBy(prospect, clientId);
  if (isEnough && need.level === 'password' && !isHolder) return ok(say('signIn.factor.notRequired'));
  if (isEnough) return ok(say('signIn.factor.held'), ...demanded);
  const missing = [missingOf(prospect), ...demanded, ...uncountedOf(prospect)];
  if (graceEndsAtMs !== undefined) {
    const endsAt = new Date(graceEndsAtMs).toISOString();
    return warning(...missing, say('signIn.factor.grace', { endsAt }));
  }
  if (usesProvider(ways) && policy.federated === 'trustUpstream')
    return warning(...missing, say('signIn.factor.provider'));
  if (!isAddable) return cause('second_factor_impossible', ...missing, say('signIn.factor.noneAccepted'));
  if (next.state !== 'enrol') return cause('second_factor_missing', ...missing);
  const adds = next.by === 'provider' ? 'addsAtProvider' : isHolder ? 'addsBeside' : 'adds';
  return warning(...missing, say(`signIn.factor.${adds}`));
}

function missingOf({ need, held }: Prospect): Said {
  if (need.level === 'phishingResistant') return say('signIn.factor.notResistant');
  return say(lastingFactors(held) === 0 ? 'signIn.factor.missing' : 'signIn.factor.notCounted');
}

/** Names the party that wants more than a password. */
function demandedBy({ need, policy, roles }: Prospect, clientId = ''): Said[] {
  if (need.level === 'password') return [];
  if (need.by === 'client') return [say('signIn.factor.byClient', { clientId })];
  if (need.by === 'role') return [say('signIn.factor.byRole', { roles })];
  return [say(policy.mode === 'offered' ? 'signIn.factor.byHolder' : 'signIn.factor.byContactCenter')];
}

/** Says why factors that the person has do not count. */
function uncountedOf({ policy, held, arePasskeysOn }: Prospect): Said[] {
  const { allowedFactors } = policy;
  const takesPasskeys = allowedFactors.includes('passkey');
  const refused = [
    [held.totp > 0 && !allowedFactors.includes('totp'), 'appRefused'],
    [held.passkeys > 0 && !takesPasskeys, 'passkeyRefused'],
    [held.passkeys > 0 && takesPasskeys && countedPasskeys(held, policy) === 0, 'syncedRefused'],
    [held.passkeys > 0 && !arePasskeysOn, 'passkeysOff'],
  ] as const;
  return refused.flatMap(([is, why]) => (is ? [say(`signIn.factor.${why}`)] : []));
}
