/** Changes the password of the user of a session or token, or of the user whom the caller names. */
import { forbidden } from '@gatehouse/service-kit/errors';
import type { Browser, BrowserCookies, BrowserRequest } from '../../browser/cookies/browser-cookies.ts';
import type { Pages } from '../../browser/cookies/pages.ts';
import type { FormGuard } from '../../browser/interactions/form-guard.ts';
import type { InteractionService } from '../../browser/interactions/service.ts';
import type { Caller } from '../../browser/sessions/caller.ts';
import type { Newcomer } from '../../browser/sessions/session.ts';
import type { Proof } from '../../core/assurance/proof.ts';
import type { Admission } from '../../people/accounts/admission.ts';
import type { ChangedPassword, PasswordOwner } from '../../people/accounts/change-password.ts';
import { canonicalUserName } from '../../people/accounts/login-name.ts';
import type { UserService } from '../../people/accounts/service.ts';
import { SignInError } from '../../people/directories/sign-in-error.ts';
import type { UserIdentity } from '../../people/identity/identity.ts';
import { isSamePerson } from '../../records/revocation/revocation.ts';
import { type Entrance, stepExpired } from '../second-step/entrance.ts';
import type { Entering, WaitingSignIn } from '../second-step/waiting.ts';
import { FormFailed, keepFailure } from './failed-form.ts';

export interface NewPassword {
  userName?: string | undefined;
  tenant?: string | undefined;
  oldPassword: string;
  newPassword: string;
}

export interface ChangePasswordForm extends NewPassword {
  /** Only pages ask for the new password twice. */
  newPasswordAgain?: string | undefined;
  interaction?: string | undefined;
  csrf?: string | undefined;
}

export interface ChangePasswordServiceOptions {
  guard: FormGuard;
  interactions: InteractionService;
  entrance: Pick<Entrance, 'enter' | 'find' | 'take'>;
  cookies: BrowserCookies;
  users: UserService;
  admission: Pick<Admission, 'admit'>;
  pages: Pages;
}

export type ChangePasswordService = ReturnType<typeof createChangePasswordService>;

export function createChangePasswordService(options: ChangePasswordServiceOptions) {
  const { guard, interactions, entrance, cookies, users, admission, pages } = options;

  const changeFor = async (
    request: BrowserRequest,
    known: Known | undefined,
    asked: NewPassword,
  ): Promise<ChangedPassword> => {
    const { oldPassword, newPassword } = asked;
    if (known !== undefined)
      await admission.admit(known.identity, { act: 'passwordChange', proofs: known.proofs });
    return users.changePassword({
      owner: known === undefined ? namedBy(asked) : { identity: known.identity },
      oldPassword,
      newPassword,
      clientAddress: request.ip,
      device: cookies.readBrowser(request),
      correlationId: request.id,
    });
  };

  /** The change revoked every session; the browser that made it gets a new one, or a second step. The address where it goes next. */
  const staySignedIn = async (
    browser: Browser,
    { identity, changedAtMs }: ChangedPassword,
    former: readonly Proof[],
    newcomer: Pick<Newcomer, 'interactionId' | 'remember'> = {},
    login?: Entering['login'],
  ): Promise<string> => {
    const provedAtMs = changedAtMs + 1;
    // The other factors of the session or sign-in that made the change still count.
    const others = former.filter(({ factor }) => factor !== 'password');
    const proofs: Proof[] = [{ factor: 'password', atMs: provedAtMs }, ...others];
    return entrance.enter(browser, { identity, proofs, newcomer: { ...newcomer, provedAtMs }, login });
  };

  /** The sign-in of this browser that waits for a new password. Whether its factor was given is for the gate to say. */
  const findWaiting = async (request: BrowserRequest, asked: NewPassword, interactionId?: string) => {
    const opened = await entrance.find(request);
    if (opened?.waiting.passwordIsOver === undefined) return undefined;
    const { identity, newcomer } = opened.waiting;
    // The page of an application shows the name as it was typed, which may be another one of the account.
    const isOwn =
      interactionId === undefined
        ? isOwnChange(asked, { identity })
        : interactionId === newcomer.interactionId;
    return isOwn ? opened : undefined;
  };

  return {
    /** Changes a password for a program. @throws SignInError */
    async change(browser: Browser, caller: Caller | undefined, asked: NewPassword): Promise<void> {
      const changed = await changeFor(browser.request, callerAs(asked, caller), asked);
      const proofs = proofsOfSession(caller, changed.identity);
      if (proofs !== undefined) await staySignedIn(browser, changed, proofs);
    },

    /**
     * Changes a password for a page and gives the browser's next address.
     * @throws FormFailed when the form may be sent again; AppError when the login ends
     */
    async changeByForm(
      browser: Browser,
      caller: Caller | undefined,
      form: ChangePasswordForm,
    ): Promise<{ location: string }> {
      const { request } = browser;
      const { interaction, refusal } = await guard.open(request, form);
      try {
        if (refusal) throw refusal;
        const { newPasswordAgain: again } = form;
        if (again !== undefined && again !== form.newPassword) throw new SignInError('passwords_differ');
        const opened = await findWaiting(request, form, interaction?.id);
        const changed = await changeFor(request, opened?.waiting ?? callerAs(form, caller), form);
        const interactionId = interaction?.id;
        if (opened === undefined) {
          const proofs = proofsOfSession(caller, changed.identity) ?? [];
          return { location: await staySignedIn(browser, changed, proofs, { interactionId }) };
        }
        const waiting = await entrance.take(browser, opened.place);
        if (waiting === undefined) throw stepExpired();
        const newcomer = { interactionId, remember: waiting.newcomer.remember };
        const { proofs, login } = waiting;
        return { location: await staySignedIn(browser, changed, proofs, newcomer, login) };
      } catch (error) {
        if (!(error instanceof SignInError)) throw error;
        const typed = { userName: form.userName ?? '', tenant: form.tenant };
        await keepFailure(interactions, interaction, error, request.id, typed);
        throw new FormFailed(error, pages.changePasswordFailed(interaction?.id, error.failure));
      }
    },
  };
}

/** Somebody of whom more is known than a name and a password. */
type Known = Pick<Caller, 'identity' | 'proofs'> | WaitingSignIn;

/** A signed-in user need not name the account. */
export function isOwnChange(
  { userName = '' }: Pick<NewPassword, 'userName'>,
  { identity }: Pick<Caller, 'identity'>,
): boolean {
  return userName.trim() === '' || isNameOf(userName, identity);
}

/** Undefined: the caller has no session of that person. */
function proofsOfSession(caller: Caller | undefined, identity: UserIdentity): Proof[] | undefined {
  return caller?.via === 'session' && isSamePerson(caller.identity, identity) ? caller.proofs : undefined;
}

/** If another account is named than the caller's, its password must be right. */
function callerAs(asked: NewPassword, caller: Caller | undefined): Caller | undefined {
  return caller !== undefined && isOwnChange(asked, caller) ? caller : undefined;
}

function namedBy({ userName = '', tenant }: NewPassword): PasswordOwner {
  if (userName.trim() === '')
    throw forbidden('Sign in first, or name the user whose password is to change', { field: 'userName' });
  return { userName, tenant };
}

function isNameOf(userName: string, identity: UserIdentity): boolean {
  const asked = canonicalUserName(userName);
  return asked === canonicalUserName(identity.loginName) || asked === canonicalUserName(identity.username);
}
