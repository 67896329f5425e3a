/** Signs a browser in by the form of the login page. */
import type { Browser, BrowserCookies, BrowserRequest } from '../../browser/cookies/browser-cookies.ts';
import type { Pages } from '../../browser/cookies/pages.ts';
import type { FormGuard } from '../../browser/interactions/form-guard.ts';
import type { Interaction } from '../../browser/interactions/interaction.ts';
import type { InteractionService } from '../../browser/interactions/service.ts';
import { type AuthenticatedLogin, PasswordOver } from '../../people/accounts/authenticate.ts';
import type { UserService } from '../../people/accounts/service.ts';
import { SignInError } from '../../people/directories/sign-in-error.ts';
import type { ClientDirectory } from '../../registry/clients/directory.ts';
import type { Entrance } from '../second-step/entrance.ts';
import type { Entering } from '../second-step/waiting.ts';
import { FormFailed, keepFailure } from './failed-form.ts';

export interface SignInForm {
  username: string;
  password: string;
  tenant?: string | undefined;
  interaction?: string | undefined;
  csrf?: string | undefined;
  /** Asks to stay signed in on this device. */
  remember?: boolean | undefined;
}

export interface SignInOptions {
  guard: FormGuard;
  interactions: InteractionService;
  entrance: Pick<Entrance, 'enter' | 'enterForNewPassword'>;
  cookies: BrowserCookies;
  users: UserService;
  clients: Pick<ClientDirectory, 'find'>;
  pages: Pages;
}

export type SignInService = ReturnType<typeof createSignInService>;

/** Of a page: a person mistypes once or twice, and somebody who guesses has to load a page for every few guesses. */
const earlyAttempts = 3;

export function createSignInService(options: SignInOptions) {
  const { guard, interactions, entrance, cookies, users, clients, pages } = options;

  const authenticate = async (
    request: BrowserRequest,
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
      isEarlyOnPage: interaction !== undefined && (interaction.state.failures ?? 0) < earlyAttempts,
      clientId: interaction?.clientId,
      contactCenterIds: client?.contactCenterIds,
      // No signal: Fastify's signal fires as soon as the form has been read.
      correlationId: request.id,
      isRecordedLater: true,
    });
  };

  return {
    /** Gives the browser's next address. @throws FormFailed when the form may be sent again; AppError when the login ends */
    async signIn(browser: Browser, form: SignInForm): Promise<{ location: string }> {
      const { request } = browser;
      const { interaction, refusal } = await guard.open(request, form);
      const entering = ({ identity, provedAtMs }: AuthenticatedLogin): Entering => ({
        identity,
        proofs: [{ factor: 'password', atMs: provedAtMs }],
        newcomer: { provedAtMs, remember: form.remember === true, interactionId: interaction?.id },
        login: { clientId: interaction?.clientId },
      });
      try {
        if (refusal) throw refusal;
        const login = await authenticate(request, form, interaction);
        return { location: await entrance.enter(browser, entering(login)) };
      } catch (error) {
        if (!(error instanceof SignInError)) throw error;
        const typed = { userName: form.username, tenant: form.tenant, remember: form.remember };
        await keepFailure(interactions, interaction, error, request.id, typed);
        if (error instanceof PasswordOver) {
          const waiting = { ...entering(error.login), passwordIsOver: error.over };
          const location = await entrance.enterForNewPassword(browser, waiting);
          if (location !== undefined) return { location };
        }
        throw new FormFailed(error, pages.signInFailed(interaction?.id, error.failure));
      }
    },
  };
}
