/** Names what tells the time; all code asks a clock that it was given, so that tests can set it. */

/** Milliseconds since the Unix epoch. */
export type Clock = () => number;

/** Whether work that deletes, rotates or orders by time may run. */
export interface Trust {
  readonly isTrusted: boolean;
}

/**
 * The clock of the machine as it was at the start, and the monotonic clock since: nobody sets it meanwhile. For a process that
 * stores nothing, and for what is only shown.
 */
export const steadyClock: Clock = () => Math.floor(performance.timeOrigin + performance.now());
