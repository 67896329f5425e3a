/** Tells the time; all code asks here, so that tests can set it. */

/** Milliseconds since the Unix epoch. */
export type Clock = () => number;

export const systemClock: Clock = () => Date.now();
