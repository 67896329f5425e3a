/** Changes the password of the user of a session or token, or of the user whom the caller names. */
import { forbidden } from '@gatehouse/service-kit/errors';
import type { Browser, BrowserCookies, BrowserRequest } from '../../browser/cookies/browser-cookies.ts';
import type { Pages } from '../../browser/cookies/pages.ts';
import type { FormGuard } from '../../browser/interactions/form-guard.ts';
import type { InteractionService } from '../../browser/interactions/service.ts';
import type { Caller } from '../../browser/sessions/caller.ts';
import type { SessionService } from '../../browser/sessions/service.ts';
import type { ChangedPassword, PasswordOwner } from '../../people/accounts/change-password.ts';
import { canonicalUserName } from '../../people/accounts/login-name.ts';
import type { UserService } from '../../people/accounts/service.ts';
import { SignInError } from '../../people/directories/sign-in-error.ts';
import type { UserIdentity } from '../../people/identity/identity.ts';
import { isSamePerson } from '../../records/revocation/revocation.ts';
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
  sessions: SessionService;
  cookies: BrowserCookies;
  users: UserService;
  pages: Pages;
}

export type ChangePasswordService = ReturnType<typeof createChangePasswordService>;

export function createChangePasswordService(options: ChangePasswordServiceOptions) {
  const { guard, interactions, sessions, cookies, users, pages } = options;

  const changeFor = (
    request: BrowserRequest,
    owner: PasswordOwner,
    { oldPassword, newPassword }: NewPassword,
  ): Promise<ChangedPassword> =>
    users.changePassword({
      owner,
      oldPassword,
      newPassword,
      clientAddress: request.ip,
      device: cookies.readBrowser(request),
      correlationId: request.id,
    });

  /** The change revoked every session; the browser that made it gets a new one. */
  const staySignedIn = (
    browser: Browser,
    { identity, changedAtMs }: ChangedPassword,
    interactionId?: string,
  ) => sessions.create(browser, { identity, amr: ['pwd'], provedAtMs: changedAtMs + 1, interactionId });

  return {
    /** Changes a password for a program. @throws SignInError */
    async change(browser: Browser, caller: Caller | undefined, asked: NewPassword): Promise<void> {
      const changed = await changeFor(browser.request, ownerOf(asked, caller), asked);
      if (caller?.via === 'session' && isSamePerson(caller.identity, changed.identity))
        await staySignedIn(browser, changed);
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
        const changed = await changeFor(request, ownerOf(form, caller), form);
        await staySignedIn(browser, changed, interaction?.id);
        return { location: interaction === undefined ? pages.signedIn() : pages.resume(interaction.id) };
      } catch (error) {
        if (!(error instanceof SignInError)) throw error;
        const typed = { userName: form.userName ?? '', tenant: form.tenant };
        await keepFailure(interactions, interaction, error, request.id, typed);
        throw new FormFailed(error, pages.changePasswordFailed(interaction?.id, error.failure));
      }
    },
  };
}

/** A signed-in user need not name the account. */
export function isOwnChange({ userName = '' }: Pick<NewPassword, 'userName'>, { identity }: Caller): boolean {
  return userName.trim() === '' || isNameOf(userName, identity);
}

/** If another account is named than the caller's, its password must be right. */
function ownerOf(asked: NewPassword, caller: Caller | undefined): PasswordOwner {
  if (caller !== undefined && isOwnChange(asked, caller)) return { identity: caller.identity };
  const { userName = '', tenant } = asked;
  if (userName.trim() === '')
    throw forbidden('Sign in first, or name the user whose password is to change', { field: 'userName' });
  return { userName, tenant };
}

function isNameOf(userName: string, identity: UserIdentity): boolean {
  const asked = canonicalUserName(userName);
  return asked === canonicalUserName(identity.loginName) || asked === canonicalUserName(identity.username);
}
