/** Accepts the answer of the consent page from our own page, in the same browser, for the user who was asked. */
import type { Admission } from '../../people/accounts/admission.ts';
import type { AuditWriter } from '../../records/audit/event.ts';
import { proofsOf } from '../../tokens/session-reference.ts';
import type { BrowserRequest } from '../cookies/browser-cookies.ts';
import type { Pages } from '../cookies/pages.ts';
import type { FormGuard } from '../interactions/form-guard.ts';
import { isAsked } from '../interactions/interaction.ts';
import type { InteractionService } from '../interactions/service.ts';
import type { SessionService } from '../sessions/service.ts';
import type { ConsentService } from './service.ts';

export interface ConsentForm {
  interaction: string;
  csrf: string;
  answer: 'allowed' | 'denied';
}

export interface ConsentFormsOptions {
  guard: FormGuard;
  interactions: InteractionService;
  sessions: Pick<SessionService, 'find'>;
  consents: Pick<ConsentService, 'give'>;
  admission: Pick<Admission, 'admit'>;
  audit: AuditWriter;
  pages: Pages;
}

export type ConsentForms = ReturnType<typeof createConsentForms>;

export function createConsentForms(options: ConsentFormsOptions) {
  const { guard, interactions, sessions, consents, admission, audit, pages } = options;

  return {
    /** Gives the address that the browser goes to next. @throws AppError for a page */
    async answer(request: BrowserRequest, form: ConsentForm): Promise<string> {
      const { interaction, refusal } = await guard.open(request, form);
      const asked = interaction?.state.consent;
      const session = await sessions.find(request);
      // The page was open too long, or another user signed in meanwhile: the user is asked again.
      if (
        interaction === undefined ||
        refusal !== undefined ||
        session === undefined ||
        !isAsked(asked, session)
      ) {
        return pages.resume(form.interaction);
      }
      const { clientId, scope } = interaction.authorization;
      if (form.answer === 'allowed') {
        const proofs = proofsOf({ session, authorizedAtMs: session.createdAtMs });
        await admission.admit(session.identity, { act: 'consent', proofs });
        await consents.give(session.identity, { clientId, scope });
      }
      await Promise.all([
        interactions.recordState(interaction.id, { consent: { ...asked, answer: form.answer } }),
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
