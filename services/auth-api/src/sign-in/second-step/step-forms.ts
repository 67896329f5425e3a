/** Opens the forms of the page of the second step, and lets the sign-in go on as soon as it is strong enough. */
import { type SecondStepFailure, secondStepFailureSchema } from '@gatehouse/contracts/auth-api';
import { type CodeKind, definedOnly } from '@gatehouse/contracts/values';
import { safeEqual } from '@gatehouse/service-kit/crypto';
import { AppError, normalizeError } from '@gatehouse/service-kit/errors';
import type { Browser, BrowserCookies, BrowserRequest } from '../../browser/cookies/browser-cookies.ts';
import type { Pages } from '../../browser/cookies/pages.ts';
import { crossSite, isForeign } from '../../browser/cookies/same-origin.ts';
import type { Factors } from '../../factors/compose.ts';
import { type Entrance, type OpenedStep, stepExpired } from './entrance.ts';
import type { DeviceMemory } from './remembered-device.ts';
import type { WaitingStore } from './store.ts';
import { type Given, interactionOf, type WaitingSignIn } from './waiting.ts';

/** Of every form of the page. */
export interface StepForm {
  csrf?: string | undefined;
}

/** Carries the page that shows why an answer was not taken; programs get `reason` instead. */
export class StepFailed extends Error {
  readonly reason: AppError;
  readonly location: string;

  constructor(reason: AppError, location: string) {
    super(reason.message);
    this.reason = reason;
    this.location = location;
  }
}

export interface StepFormOptions {
  store: Pick<WaitingStore, 'replace'>;
  entrance: Pick<Entrance, 'find' | 'goOn' | 'take'>;
  deviceMemory: Pick<DeviceMemory, 'remember'>;
  knownBrowsers: Pick<Factors['knownBrowsers'], 'markFor'>;
  cookies: BrowserCookies;
  pages: Pages;
  publicUrl: string;
}

export type StepForms = ReturnType<typeof createStepForms>;

export function createStepForms(options: StepFormOptions) {
  const { store, entrance, deviceMemory, knownBrowsers, cookies, pages, publicUrl } = options;

  /** @throws AppError second_step_expired, cross_site */
  async function open(request: BrowserRequest, { csrf = '' }: StepForm): Promise<OpenedStep> {
    if (isForeign(request.headers, publicUrl)) throw crossSite();
    const opened = await entrance.find(request);
    if (opened === undefined) throw stepExpired();
    if (!safeEqual(csrf, opened.waiting.csrf)) throw await failed(opened, request, formExpired());
    return opened;
  }

  /** Keeps for the page why the answer was not taken. */
  async function failed(
    { place, waiting }: OpenedStep,
    request: BrowserRequest,
    error: AppError,
    way?: CodeKind,
  ) {
    const { retryAfterSeconds } = error;
    const failure = definedOnly({ reason: failureOf(error), correlationId: request.id, retryAfterSeconds });
    await store.replace(place, { ...waiting, failure });
    return new StepFailed(error, pages.secondStep(interactionOf(waiting), way));
  }

  /** Does the work of a form and gives the browser's next address. @throws StepFailed; AppError where there is no page to go back to */
  async function answer(
    browser: Browser,
    form: StepForm,
    work: (opened: OpenedStep) => Promise<Partial<WaitingSignIn>>,
    way?: CodeKind,
  ): Promise<string> {
    const opened = await open(browser.request, form);
    const { place } = opened;
    let waiting: WaitingSignIn;
    try {
      waiting = { ...opened.waiting, ...(await work(opened)) };
    } catch (error) {
      const failure = normalizeError(error);
      if (failure.status >= 500 && failure.status !== 503) throw error;
      throw await failed(opened, browser.request, failure, way);
    }
    waiting.failure = undefined;
    const location = await entrance.goOn(browser, place, waiting);
    if (location !== undefined) return location;
    if (!(await store.replace(place, waiting))) throw stepExpired();
    return pages.secondStep(interactionOf(waiting));
  }

  /** Gives the change that a factor makes. The browser is known from now on; a device is remembered where the person asks for it. */
  async function given(
    browser: Browser,
    { identity, proofs }: WaitingSignIn,
    { proof, epoch }: Given,
    remembersDevice: boolean,
  ): Promise<Partial<WaitingSignIn>> {
    const { mark, lifeSeconds } = knownBrowsers.markFor(identity);
    cookies.setFactorMark(browser, mark, lifeSeconds);
    if (remembersDevice) await deviceMemory.remember(browser, identity, { proof, epoch });
    return { proofs: [...proofs.filter(({ factor }) => factor !== proof.factor), proof] };
  }

  const markOf = (request: BrowserRequest) => ({ mark: cookies.readFactorMark(request) });

  return {
    open,
    answer,
    given,
    markOf,

    /** Ends the sign-in; the address of the sign-in page, or of the page that wanted a stronger session. */
    async cancel(browser: Browser, form: StepForm): Promise<string> {
      const { place, waiting } = await open(browser.request, form);
      await entrance.take(browser, place);
      const isOfPage = waiting.raises !== undefined && waiting.raises.interactionId === undefined;
      return (isOfPage ? waiting.target : undefined) ?? pages.signInAnew(interactionOf(waiting));
    },
  };
}

const formExpired = () =>
  new AppError('form_expired', 403, 'The form is no longer valid; send it again', { field: 'csrf' });

function failureOf({ name, status }: AppError): SecondStepFailure {
  const named = secondStepFailureSchema.safeParse(name);
  if (named.success) return named.data;
  if (status === 429) return 'throttled';
  return status === 503 ? 'unavailable' : 'wrong';
}
