/** The life of a source that asks a registry over and over, from its creation until it is closed. */
import { type Clock, pause } from '../clock.ts';
import type { Endpoint, EndpointSource } from './endpoint-source.ts';
import { KnownEndpoints, type KnownEndpointsOptions } from './known-endpoints.ts';
import { QueryPace, type QueryPaceOptions } from './query-pace.ts';

export interface RegistryWatchOptions extends KnownEndpointsOptions {
  pace: QueryPaceOptions;
  clock: Clock;
  /** One query. Whatever it throws counts as no answer; it ends soon after the signal. */
  ask(signal: AbortSignal): Promise<RegistryAnswer>;
  /** What it threw, for metrics and for people. */
  describe(failure: unknown): { reason: string; message: string };
}

export interface RegistryAnswer {
  /** Best first. */
  endpoints: readonly Endpoint[];
  /** What an empty list means. */
  emptyBecause: string;
}

export class RegistryWatch implements EndpointSource {
  readonly #options: RegistryWatchOptions;
  readonly #known: KnownEndpoints;
  readonly #closing = new AbortController();
  readonly #running: Promise<void>;

  constructor(options: RegistryWatchOptions) {
    this.#options = options;
    this.#known = new KnownEndpoints(options);
    this.#running = this.#run();
  }

  get hasAnswered(): boolean {
    return this.#known.hasAnswered;
  }

  get problem(): string | undefined {
    return this.#known.problem;
  }

  current(): readonly Endpoint[] {
    return this.#known.current;
  }

  subscribe(listener: (endpoints: readonly Endpoint[]) => void): () => void {
    return this.#known.subscribe(listener);
  }

  async close(): Promise<void> {
    this.#known.forgetListeners();
    this.#closing.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    const { clock, ask, describe } = this.#options;
    const pace = new QueryPace(this.#options.pace);
    const { signal } = this.#closing;
    while (!signal.aborted) {
      const startedAtMs = clock.monotonicMs();
      const agoMs = () => clock.monotonicMs() - startedAtMs;
      let delayMs: number;
      try {
        const { endpoints, emptyBecause } = await ask(signal);
        if (signal.aborted) return;
        this.#known.accept(endpoints, emptyBecause);
        delayMs = pace.afterAnswerMs(agoMs());
      } catch (failure) {
        if (signal.aborted) return;
        const { reason, message } = describe(failure);
        this.#known.fail(reason, message);
        delayMs = pace.afterFailureMs(agoMs());
      }
      await pause(clock, delayMs, signal);
    }
  }
}
