/** Signs a browser in by a passkey alone: the passkey says who it is, and the directory whether that person may come in. */

import type { AuthenticationAnswer } from '@gatehouse/contracts/auth-api';
import { definedOnly, passwordWay } from '@gatehouse/contracts/values';
import type { Clock } from '@gatehouse/service-kit/clock';
import { randomToken } from '@gatehouse/service-kit/crypto';
import { AppError } from '@gatehouse/service-kit/errors';
import type { Browser, BrowserCookies } from '../../browser/cookies/browser-cookies.ts';
import type { Pages } from '../../browser/cookies/pages.ts';
import type { FormGuard, GuardedForm } from '../../browser/interactions/form-guard.ts';
import type { Interaction } from '../../browser/interactions/interaction.ts';
import type { InteractionService } from '../../browser/interactions/service.ts';
import { assuranceOf } from '../../core/assurance/assurance.ts';
import type { Proof } from '../../core/assurance/proof.ts';
import type { Factors } from '../../factors/compose.ts';
import type { Admission } from '../../people/accounts/admission.ts';
import { type PasswordRule, passwordNotUsedHere } from '../../people/accounts/password-rule.ts';
import type { UserService } from '../../people/accounts/service.ts';
import { SignInError } from '../../people/directories/sign-in-error.ts';
import type { UserIdentity } from '../../people/identity/identity.ts';
import type { AuditWriter } from '../../records/audit/event.ts';
import { servesContactCenter } from '../../registry/clients/client.ts';
import type { ClientDirectory } from '../../registry/clients/directory.ts';
import type { ContactCenterService } from '../../registry/contact-centers/service.ts';
import { FormFailed, keepFailure } from '../password/failed-form.ts';
import type { Entrance } from '../second-step/entrance.ts';

export interface PasskeyForm extends GuardedForm {
  answer: AuthenticationAnswer;
  remember?: boolean | undefined;
}

export interface PasskeySignInOptions {
  guard: FormGuard;
  interactions: InteractionService;
  entrance: Pick<Entrance, 'enter'>;
  passkeys: Factors['passkeys'];
  admission: Pick<Admission, 'policyOf'>;
  users: Pick<UserService, 'refresh' | 'isMember'>;
  passwordRule: PasswordRule;
  contactCenters: Pick<ContactCenterService, 'get'>;
  clients: Pick<ClientDirectory, 'find'>;
  cookies: BrowserCookies;
  pages: Pages;
  /** Flood limited: who sends invented answers must not fill the audit trail. */
  refused: Pick<AuditWriter, 'write'>;
  now: Clock;
}

export type PasskeySignIn = ReturnType<typeof createPasskeySignIn>;

type Discovered = Awaited<ReturnType<Factors['passkeys']['authentications']['finishDiscovery']>>;

export function createPasskeySignIn(options: PasskeySignInOptions) {
  const { guard, interactions, entrance, passkeys, users, cookies, pages, now } = options;

  /** @throws AppError, SignInError for somebody who may not come in by a passkey alone */
  async function identify(passkey: Discovered, proof: Proof): Promise<UserIdentity> {
    const { contactCenterId, dbid } = passkey;
    const [contactCenter, policy] = await Promise.all([
      options.contactCenters.get(contactCenterId),
      options.admission.policyOf(contactCenterId),
    ]);
    if (contactCenter === undefined || policy === undefined || policy.mode === 'off')
      throw refusal(`contact centre ${contactCenterId} offers no passkeys`);
    // It stands for the password as well, so it has to count.
    if (assuranceOf([proof], policy, { countsDevices: false }).level !== 'phishingResistant')
      throw refusal('the policy of the contact centre does not count the passkey');
    const { environmentId } = contactCenter;
    const entry = { way: passwordWay };
    const identity = await users.refresh({ contactCenterId, environmentId, dbid, entry }, now());
    if (identity.sub !== passkey.sub) throw refusal('the contact centre knows the person by another subject');
    await requireOwnSignIn(identity);
    return identity;
  }

  /** Where the identity provider lets people in, a passkey of ours does not go round it. @throws SignInError */
  async function requireOwnSignIn({ contactCenterId, loginName }: UserIdentity): Promise<void> {
    const use = await options.passwordRule(contactCenterId, loginName);
    const isElsewhere =
      use.allows === 'no' ||
      (use.allows === 'unless-member' &&
        (await users.isMember({ contactCenterId, userName: loginName, accessGroups: use.accessGroups })));
    if (isElsewhere) throw new SignInError('sso_required', { detail: passwordNotUsedHere });
  }

  async function enter(browser: Browser, form: PasskeyForm, interaction: Interaction | undefined) {
    const { request } = browser;
    const client = interaction && (await options.clients.find(interaction.clientId));
    const binding = cookies.readBrowser(request) ?? '';
    const owner = { browser: binding, contactCenterId: interaction?.contactCenterId };
    const passkey = await passkeys.authentications.finishDiscovery(owner, { answer: form.answer });
    const { atMs, isVerified, isEligible } = passkey;
    const proof: Proof = { factor: 'passkey', atMs, isVerified, isEligible };
    const identity = await identify(passkey, proof);
    if (client !== undefined && !servesContactCenter(client, identity.contactCenterId))
      throw refusal('the application serves other contact centres');
    return entrance.enter(browser, {
      identity,
      proofs: [proof],
      newcomer: { provedAtMs: atMs, remember: form.remember, interactionId: interaction?.id },
      login: { clientId: interaction?.clientId, method: 'passkey' },
    });
  }

  async function fail({ request }: Browser, interaction: Interaction | undefined, error: AppError) {
    const reason = asSignInError(error);
    await options.refused.write({
      name: 'login_failed',
      outcome: 'failure',
      correlationId: request.id,
      clientAddress: request.ip,
      clientId: interaction?.clientId,
      contactCenterId: interaction?.contactCenterId,
      fields: definedOnly({ method: 'passkey', reason: error.name, detail: error.detail }),
    });
    await keepFailure(interactions, interaction, reason, request.id, { userName: '' });
    return new FormFailed(reason, pages.signInFailed(interaction?.id, reason.failure));
  }

  return {
    /** The options of WebAuthn. They name nobody. @throws AppError */
    async options(browser: Browser, form: GuardedForm) {
      const { refusal: problem } = await guard.open(browser.request, form);
      if (problem) throw problem;
      const binding = cookies.readBrowser(browser.request) ?? randomToken();
      cookies.setBrowser(browser, binding);
      return passkeys.authentications.beginDiscovery({ browser: binding });
    },

    /** Gives the browser's next address. @throws FormFailed when the page may be tried again; AppError when the login ends */
    async signIn(browser: Browser, form: PasskeyForm): Promise<string> {
      const { interaction, refusal: problem } = await guard.open(browser.request, form);
      try {
        if (problem) throw problem;
        return await enter(browser, form, interaction);
      } catch (error) {
        if (!(error instanceof AppError)) throw error;
        throw await fail(browser, interaction, error);
      }
    },
  };
}

const refusal = (detail: string) => new SignInError('passkey_refused', { detail });

function asSignInError(error: AppError): SignInError {
  if (error instanceof SignInError) return error;
  const { detail, retryAfterSeconds } = error;
  if (error.status === 503 || error.status === 429)
    return new SignInError('try_again', { detail, retryAfterSeconds, cause: error });
  // The browser then forgets the passkey. Its id is of at least 100 random bits, so nobody learns of the passkeys of others here.
  const failure = error.name === 'passkey_unknown' ? 'passkey_unknown' : 'passkey_refused';
  return new SignInError(failure, { detail: detail ?? error.name, cause: error });
}
