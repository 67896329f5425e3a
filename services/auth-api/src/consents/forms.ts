/** Takes the answer of the consent page: from our own page, for the user who was asked, in the same browser. */

import type { AuditWriter } from '../audit/event.ts';
import type { BrowserRequest } from '../browser/browser-cookies.ts';
import type { Pages } from '../browser/pages.ts';
import type { FormGuard } from '../interactions/form-guard.ts';
import type { InteractionService } from '../interactions/interaction.ts';
import type { SessionService } from '../sessions/session.ts';
import type { ConsentService } from './consent.ts';

export interface ConsentForm {
  interaction: string;
  csrf: string;
  answer: 'allowed' | 'denied';
}

export interface ConsentForms {
  /** Where the browser goes next. @throws AppError for a page */
  answer(request: BrowserRequest & { readonly id: string }, form: ConsentForm): Promise<string>;
}

export interface ConsentFormsOptions {
  guard: FormGuard;
  interactions: InteractionService;
  sessions: Pick<SessionService, 'find'>;
  consents: Pick<ConsentService, 'give'>;
  audit: AuditWriter;
  pages: Pages;
}

export function createConsentForms(options: ConsentFormsOptions): ConsentForms {
  const { guard, interactions, sessions, consents, audit, pages } = options;

  return {
    async answer(request, form) {
      const { interaction, refusal } = await guard.open(request, form);
      const asked = interaction?.state.consent;
      const session = await sessions.find(request);
      // A page that was open for too long, or somebody else signed in meanwhile: the user is asked again.
      if (
        interaction === undefined ||
        refusal !== undefined ||
        session === undefined ||
        asked?.sub !== session.sub
      ) {
        return pages.resume(form.interaction);
      }
      const { clientId, scope } = interaction.authorization;
      if (form.answer === 'allowed') await consents.give(session.sub, { clientId, scope });
      await Promise.all([
        interactions.note(interaction.id, { consent: { ...asked, answer: form.answer } }),
        audit.write({
          name: form.answer === 'allowed' ? 'consent_given' : 'consent_denied',
          outcome: 'success',
          sub: session.sub,
          sid: session.sid,
          clientId,
          contactCenterId: session.identity.contactCenterId,
          correlationId: request.id,
          clientAddress: request.ip,
          fields: { scope },
        }),
      ]);
      return pages.resume(interaction.id);
    },
  };
}
