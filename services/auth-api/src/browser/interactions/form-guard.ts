/** Accepts a form only from the page that was made for this browser: it carries the csrf token of the interaction. */
import { safeEqual } from '@gatehouse/service-kit/crypto';
import { SignInError } from '../../people/directories/sign-in-error.ts';
import type { BrowserRequest } from '../cookies/browser-cookies.ts';
import { crossSite, isForeign, requireSameOrigin } from '../cookies/same-origin.ts';
import type { Interaction } from './interaction.ts';
import type { InteractionService } from './service.ts';

export interface GuardedForm {
  interaction?: string | undefined;
  csrf?: string | undefined;
}

export interface OpenedForm {
  /** Undefined for a form without an interaction, which only a page of our own origin may send. */
  interaction: Interaction | undefined;
  /** Set when the csrf token is wrong: the browser is right, but the page is not ours. */
  refusal: SignInError | undefined;
}

export type FormGuard = ReturnType<typeof createFormGuard>;

export function createFormGuard(interactions: Pick<InteractionService, 'readFor'>, publicUrl: string) {
  return {
    /** @throws AppError interaction_expired, wrong_browser or cross_site: there is no page to go back to */
    async open(request: BrowserRequest, form: GuardedForm): Promise<OpenedForm> {
      if (form.interaction === undefined || form.interaction === '') {
        requireSameOrigin(request.headers, publicUrl);
        return { interaction: undefined, refusal: undefined };
      }
      if (isForeign(request.headers, publicUrl)) throw crossSite();
      const interaction = await interactions.readFor(request, form.interaction);
      const isOurs = safeEqual(form.csrf ?? '', interaction.csrf);
      return {
        interaction,
        refusal: isOurs ? undefined : new SignInError('form_expired', { field: 'csrf' }),
      };
    },
  };
}
