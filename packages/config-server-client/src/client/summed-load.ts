/** Sums the load figures of one client over its connections and over the calls that wait for a connection. */
import type { ConnectionMetrics } from '../surroundings/metrics.ts';

export class SummedLoad {
  readonly #metrics: ConnectionMetrics;
  #waiting = 0;
  #inFlight = 0;

  constructor(metrics: ConnectionMetrics) {
    this.#metrics = metrics;
  }

  /** Metrics for one part, whose load is added to the sum. A part that ends reports 0. */
  part(): ConnectionMetrics {
    const { queueDepth, inFlight } = this.#metrics;
    let ownWaiting = 0;
    let ownInFlight = 0;
    return {
      ...this.#metrics,
      queueDepth: (waiting) => {
        if (waiting === ownWaiting) return;
        this.#waiting += waiting - ownWaiting;
        ownWaiting = waiting;
        queueDepth?.(this.#waiting);
      },
      inFlight: (requests) => {
        if (requests === ownInFlight) return;
        this.#inFlight += requests - ownInFlight;
        ownInFlight = requests;
        inFlight?.(this.#inFlight);
      },
    };
  }
}
