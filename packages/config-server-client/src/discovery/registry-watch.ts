/** Implements an endpoint source that queries a registry again and again until it is closed. */
import { type Clock, pause } from '../surroundings/clock.ts';
import type { Endpoint, EndpointSource } from './endpoint-source.ts';
import { KnownEndpoints, type KnownEndpointsOptions } from './known-endpoints.ts';
import { QueryPace, type QueryPaceOptions } from './query-pace.ts';

export interface RegistryWatchOptions extends KnownEndpointsOptions {
  pace: QueryPaceOptions;
  clock: Clock;
  /** Sends one query, which must end soon after the signal aborts. An error counts as no answer. */
  ask(signal: AbortSignal): Promise<RegistryAnswer>;
  /** Explains the error of `ask` for metrics and logs. */
  describe(failure: unknown): { reason: string; message: string };
}

export interface RegistryAnswer {
  /** Best first. */
  endpoints: readonly Endpoint[];
  /** Explains an empty list. */
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
