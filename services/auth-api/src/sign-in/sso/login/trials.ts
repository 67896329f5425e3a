/** Signs an administrator in as a test: the answer of the identity provider is shown and judged, and nobody gets a session by it. */
import { isDeepStrictEqual } from 'node:util';
import type { SsoCheckStep, SsoTrial } from '@gatehouse/contracts/auth-administration';
import { definedOnly } from '@gatehouse/contracts/values';
import type { Clock } from '@gatehouse/service-kit/clock';
import { sha256 } from '@gatehouse/service-kit/crypto';
import { AppError } from '@gatehouse/service-kit/errors';
import type { Browser, BrowserCookies, BrowserRequest } from '../../../browser/cookies/browser-cookies.ts';
import type { Pages } from '../../../browser/cookies/pages.ts';
import type { Actor } from '../../../core/administration/actor.ts';
import { SignInError } from '../../../people/directories/sign-in-error.ts';
import { type AuditWriter, actorFields } from '../../../records/audit/event.ts';
import type { ContactCenterService } from '../../../registry/contact-centers/service.ts';
import type { AssertedPerson } from '../asserted-person.ts';
import { failureOf, runSteps } from '../check-step.ts';
import { noFlow, SsoError } from '../failure.ts';
import { failureReasonOf } from '../metrics.ts';
import { requireOwn } from '../place.ts';
import type { Begin, ProviderRequest } from '../protocol.ts';
import type { SignOnSettings, SsoSettings } from '../settings.ts';
import type { People } from './find-person.ts';
import type { TrialFlow, TrialOwner } from './flow.ts';
import type { FlowStore } from './flow-store.ts';
import { bindBrowser } from './start-login.ts';
import { trialSteps } from './trial-steps.ts';
import type { TrialStore, TrialTicket } from './trial-store.ts';

type TrialPlace = TrialTicket['place'];

export interface TrialsOptions {
  settings: Pick<SsoSettings, 'of'>;
  contactCenters: Pick<ContactCenterService, 'get'>;
  users: People['users'];
  environmentApi: People['environmentApi'];
  store: TrialStore;
  flows: Pick<FlowStore, 'save'>;
  cookies: BrowserCookies;
  pages: Pages;
  audit: Pick<AuditWriter, 'write'>;
  begin: Begin;
  now: Clock;
}

export type Trials = ReturnType<typeof createTrials>;

export function createTrials(options: TrialsOptions) {
  const { settings: known, store, pages, now } = options;

  /** Enabled or not: a test comes before. */
  const settingsAt = async ({ contactCenterId, protocol, location }: TrialPlace) => {
    const settings: SignOnSettings | undefined = await known.of(contactCenterId, protocol);
    return settings?.location === location ? settings : undefined;
  };

  const requireSettings = async (flow: TrialPlace) => {
    const settings = await settingsAt(flow);
    if (settings !== undefined) return settings;
    throw new SsoError('wrong_destination', `${flow.protocol} is no longer set at ${flow.location}`);
  };

  /** The address of the page that shows the result to the administrator who began. */
  const finish = async (
    { id: correlationId, ip: clientAddress }: BrowserRequest,
    flow: TrialFlow,
    {
      steps,
      received,
      ...event
    }: Pick<SsoTrial, 'steps' | 'received'> & { userName?: string; reason?: string },
  ): Promise<string> => {
    const { trial: owner, contactCenterId, protocol, location } = flow;
    const ok = steps.every(({ status }) => status !== 'failed');
    const enabled = (await settingsAt(flow))?.enabled === true;
    const trial = { contactCenterId, protocol, location, enabled, ok, steps, received };
    const [result] = await Promise.all([
      store.saveResult({ owner, trial }),
      options.audit.write({
        name: 'sso_tried',
        outcome: ok ? 'success' : 'failure',
        correlationId,
        clientAddress,
        contactCenterId,
        fields: { ...actorFields(owner), method: protocol, location, ...definedOnly(event) },
      }),
    ]);
    return pages.ssoTrial(contactCenterId, { protocol, location, result });
  };

  const fail = async (request: BrowserRequest, flow: TrialFlow, error: unknown): Promise<string> => {
    if (!(error instanceof SignInError)) throw error;
    const answer: SsoCheckStep = { step: 'answer', ...failureOf(error), durationMs: 0 };
    return finish(request, flow, { steps: [answer], received: [], reason: failureReasonOf(error) });
  };

  return {
    /** The ticket with which a browser begins, once and soon. @throws AppError (404, 409) */
    async order(place: TrialPlace, actor: Actor): Promise<string> {
      await requireOwn(options.contactCenters, place.contactCenterId, actor.within);
      if ((await settingsAt(place)) === undefined)
        throw new AppError(
          'no_settings_here',
          409,
          `At the location of this installation no ${place.protocol} settings of ${place.location} count`,
        );
      return store.saveTicket({ place, owner: ownerOf(actor) });
    },

    /** @throws AppError for a page */
    async start(browser: Browser, ticketId: string): Promise<ProviderRequest> {
      const ticket = await store.takeTicket(ticketId);
      if (ticket === undefined) throw noFlow();
      const binding = bindBrowser(options.cookies, browser);
      const { place, owner: trial } = ticket;
      const browserHash = sha256(binding);
      const flow = { ...place, browserHash, startedAtMs: now(), isForced: false, trial };
      try {
        const settings = await requireSettings(place);
        const flowId = await options.flows.save(flow);
        return await options.begin(settings, flow, { flowId, browser: binding });
      } catch (error) {
        return { kind: 'redirect', location: await fail(browser.request, flow, error) };
      }
    },

    settingsOf: requireSettings,

    /** Judges the answer as a sign-in would. @throws SsoError */
    async complete(request: BrowserRequest, flow: TrialFlow, person: AssertedPerson): Promise<string> {
      const settings = await requireSettings(flow);
      const found: { userName?: string; reason?: string } = {};
      const steps = await runSteps(trialSteps({ people: options, now, settings, flow, person, found }), now);
      return finish(request, flow, { steps, received: person.received, ...found });
    },

    fail,

    /** For the administrator who began it, and nobody else. @throws AppError (404, 409) */
    async read(contactCenterId: string, resultId: string, actor: Actor): Promise<SsoTrial> {
      await requireOwn(options.contactCenters, contactCenterId, actor.within);
      const found = await store.readResult(resultId);
      const isTheirs = isDeepStrictEqual(found?.owner, ownerOf(actor));
      if (found === undefined || !isTheirs || found.trial.contactCenterId !== contactCenterId)
        throw new AppError(
          'no_result',
          409,
          'There is no such result of yours, or it has expired: sign in as a test once more',
        );
      return found.trial;
    },
  };
}

/** The session of the operator by link is another one with each link. */
function ownerOf({ name, clientId, linkRequest }: Actor): TrialOwner {
  return definedOnly({ name, clientId, linkRequest });
}

export function isTrial<F extends { trial?: TrialOwner | undefined }>(flow: F): flow is F & TrialFlow {
  return flow.trial !== undefined;
}
