/** Signs a browser in: the form is ours, the password is right, the session is new. */

import type { BrowserCookies, BrowserReply, BrowserRequest } from '../browser/browser-cookies.ts';
import type { Pages } from '../browser/pages.ts';
import type { ClientDirectory } from '../clients/directory.ts';
import type { FormGuard } from '../interactions/form-guard.ts';
import type { Interaction, InteractionService } from '../interactions/interaction.ts';
import type { SessionService } from '../sessions/session.ts';
import type { AuthenticatedLogin } from '../users/authenticate.ts';
import type { UserService } from '../users/service.ts';
import { SignInError } from '../users/sign-in-error.ts';
import { FormFailed, keepFailure } from './form-failed.ts';

export interface SignInForm {
  username: string;
  password: string;
  tenant?: string | undefined;
  interaction?: string | undefined;
  csrf?: string | undefined;
  /** To stay signed in on this device. */
  remember?: boolean | undefined;
}

export interface FormRequest extends BrowserRequest {
  /** Request id. */
  readonly id: string;
}

export interface SignInService {
  /** Where the browser goes next. @throws FormFailed when it may try again; AppError when the journey ends */
  signIn(request: FormRequest, reply: BrowserReply, form: SignInForm): Promise<{ location: string }>;
}

export interface SignInOptions {
  guard: FormGuard;
  interactions: InteractionService;
  sessions: SessionService;
  cookies: BrowserCookies;
  users: UserService;
  clients: Pick<ClientDirectory, 'find'>;
  pages: Pages;
}

export function createSignInService(options: SignInOptions): SignInService {
  const { guard, interactions, sessions, cookies, users, clients, pages } = options;

  const authenticate = async (
    request: FormRequest,
    form: SignInForm,
    interaction: Interaction | undefined,
  ): Promise<AuthenticatedLogin> => {
    const client = interaction && (await clients.find(interaction.clientId));
    return users.authenticate({
      userName: form.username,
      tenant: form.tenant?.trim() ? form.tenant : interaction?.authorization.tenantHint,
      password: form.password,
      clientAddress: request.ip,
      device: cookies.readBrowser(request),
      clientId: interaction?.clientId,
      contactCenterIds: client?.contactCenterIds,
      // No signal: the framework's fires as soon as the form has been read, and an attempt that was sent counts anyway.
      correlationId: request.id,
    });
  };

  return {
    async signIn(request, reply, form) {
      const { interaction, refusal } = await guard.open(request, form);
      try {
        if (refusal) throw refusal;
        const { identity, provedAtMs } = await authenticate(request, form, interaction);
        await sessions.create(reply, request, {
          identity,
          amr: ['pwd'],
          provedAtMs,
          remember: form.remember === true,
          interactionId: interaction?.id,
        });
        return { location: interaction === undefined ? pages.signedIn() : pages.resume(interaction.id) };
      } catch (error) {
        if (!(error instanceof SignInError)) throw error;
        const typed = { userName: form.username, tenant: form.tenant, remember: form.remember };
        await keepFailure(interactions, interaction, error, request.id, typed);
        throw new FormFailed(error, pages.signInFailed(interaction?.id, error.failure));
      }
    },
  };
}
