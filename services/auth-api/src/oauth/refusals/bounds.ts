/** Bounds what is kept of refused requests, so that a flood of them costs nothing. */

export const keptDays = 7;
/** Of one client and reason. All unknown clients are one client. */
export const examplesPerReason = 50;
/** Of the installation: about 80 MB when each has the greatest size. */
export const examplesInAll = 20_000;
/** Of one replica, until the next write. Others are only counted. */
export const waiting = { reasons: 300, examples: 100, examplesPerReason: 5 };
export const writeEveryMs = 2_000;
export const sweepEveryMs = 60_000;
