/** Changes a password for whoever proves to own it: by a session, by a token, or by naming the account. */
import { forbidden } from '@gatehouse/service-kit/errors/app-error';
import type { BrowserCookies, BrowserReply } from '../browser/browser-cookies.ts';
import type { Pages } from '../browser/pages.ts';
import type { FormGuard } from '../interactions/form-guard.ts';
import type { InteractionService } from '../interactions/interaction.ts';
import type { Caller } from '../sessions/caller.ts';
import type { SessionService } from '../sessions/session.ts';
import type { ChangedPassword, PasswordOwner } from '../users/change-password.ts';
import type { UserIdentity } from '../users/identity.ts';
import { canonicalUserName } from '../users/login-name.ts';
import type { UserService } from '../users/service.ts';
import { SignInError } from '../users/sign-in-error.ts';
import { FormFailed, keepFailure } from './form-failed.ts';
import type { FormRequest } from './service.ts';

export interface NewPassword {
  userName?: string | undefined;
  tenant?: string | undefined;
  oldPassword: string;
  newPassword: string;
}

export interface ChangePasswordForm extends NewPassword {
  /** Pages ask twice; programs do not. */
  newPasswordAgain?: string | undefined;
  interaction?: string | undefined;
  csrf?: string | undefined;
}

export interface ChangePasswordService {
  /** For programs. @throws SignInError */
  change(
    request: FormRequest,
    reply: BrowserReply,
    caller: Caller | undefined,
    wish: NewPassword,
  ): Promise<void>;
  /** For pages. @throws FormFailed when it may be tried again; AppError when the journey ends */
  changeByForm(
    request: FormRequest,
    reply: BrowserReply,
    caller: Caller | undefined,
    form: ChangePasswordForm,
  ): Promise<{ location: string }>;
}

export interface ChangePasswordServiceOptions {
  guard: FormGuard;
  interactions: InteractionService;
  sessions: SessionService;
  cookies: BrowserCookies;
  users: UserService;
  pages: Pages;
}

export function createChangePasswordService(options: ChangePasswordServiceOptions): ChangePasswordService {
  const { guard, interactions, sessions, cookies, users, pages } = options;

  const changeFor = (
    request: FormRequest,
    owner: PasswordOwner,
    wish: NewPassword,
  ): Promise<ChangedPassword> =>
    users.changePassword({
      owner,
      oldPassword: wish.oldPassword,
      newPassword: wish.newPassword,
      clientAddress: request.ip,
      device: cookies.readBrowser(request),
      correlationId: request.id,
    });

  /** Everything granted before is cut off; the browser that made the change stays signed in. */
  const stay = (
    request: FormRequest,
    reply: BrowserReply,
    { identity, changedAtMs }: ChangedPassword,
    interactionId?: string,
  ) =>
    sessions.create(reply, request, { identity, amr: ['pwd'], provedAtMs: changedAtMs + 1, interactionId });

  return {
    async change(request, reply, caller, wish) {
      const changed = await changeFor(request, ownerOf(wish, caller), wish);
      if (caller?.via === 'session' && caller.sub === changed.identity.sub)
        await stay(request, reply, changed);
    },

    async changeByForm(request, reply, caller, form) {
      const { interaction, refusal } = await guard.open(request, form);
      try {
        if (refusal) throw refusal;
        const { newPasswordAgain: again } = form;
        if (again !== undefined && again !== form.newPassword) throw new SignInError('passwords_differ');
        const changed = await changeFor(request, ownerOf(form, caller), form);
        await stay(request, reply, changed, interaction?.id);
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

/** Whoever is signed in need not name the account; naming another one makes it that one's password that must be right. */
function ownerOf({ userName, tenant }: NewPassword, caller: Caller | undefined): PasswordOwner {
  const isNamed = userName !== undefined && userName.trim() !== '';
  if (caller !== undefined && (!isNamed || names(caller.identity, userName)))
    return { identity: caller.identity };
  if (!isNamed)
    throw forbidden('Sign in first, or name the user whose password is to change', { field: 'userName' });
  return { userName, tenant };
}

function names(identity: UserIdentity, userName: string): boolean {
  const asked = canonicalUserName(userName);
  return asked === canonicalUserName(identity.loginName) || asked === canonicalUserName(identity.username);
}
