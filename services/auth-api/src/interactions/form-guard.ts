/** Lets a form through only when it comes from the page that we made for this very browser. */
import { safeEqual } from '@gatehouse/service-kit/crypto/digest';
import type { BrowserRequest } from '../browser/browser-cookies.ts';
import { crossSite, isForeign, requireSameOrigin } from '../browser/same-origin.ts';
import { SignInError } from '../users/sign-in-error.ts';
import type { Interaction, InteractionService } from './interaction.ts';

export interface GuardedForm {
  interaction?: string | undefined;
  csrf?: string | undefined;
}

export interface OpenedForm {
  /** Undefined for a form without one, which only a page of our own origin may send. */
  interaction: Interaction | undefined;
  /** Set when the csrf token is wrong: the right browser, but not the page we made. */
  refusal: SignInError | undefined;
}

export interface FormGuard {
  /** @throws AppError interaction_expired, wrong_browser, cross_site: there is no page to go back to */
  open(request: BrowserRequest, form: GuardedForm): Promise<OpenedForm>;
}

export function createFormGuard(interactions: InteractionService, publicUrl: string): FormGuard {
  return {
    async open(request, form) {
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
