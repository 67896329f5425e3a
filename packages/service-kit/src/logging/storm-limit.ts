/** Bounds how often one and the same sentence is logged: a flood becomes a number. */
import type { LogFn, Logger as PinoLogger } from 'pino';

export interface StormLimit {
  /** For pino's `hooks.logMethod`. */
  logMethod(this: PinoLogger, parameters: Parameters<LogFn>, method: LogFn, level: number): void;
}

export interface StormLimitOptions {
  /** Lines of one sentence in a window; what comes beyond is counted and told at the end of it. */
  mostLines: number;
  windowMs: number;
}

/** fatal: the last words of a process. */
const neverLimited = 60;
/** Sentences are ours, so there are few; whoever makes them up with values gets no limit beyond these. */
const mostSentences = 1000;

export function createStormLimit({ mostLines, windowMs }: StormLimitOptions): StormLimit {
  const counts = new Map<string, number>();

  return {
    logMethod(parameters, method, level) {
      const [first, second] = parameters as unknown[];
      const sentence = typeof first === 'string' ? first : typeof second === 'string' ? second : '';
      const key = `${level} ${sentence}`;
      const count = counts.get(key);
      if (count === undefined) {
        if (counts.size >= mostSentences) return method.apply(this, parameters);
        counts.set(key, 1);
        setTimeout(() => {
          const dropped = (counts.get(key) ?? 0) - mostLines;
          counts.delete(key);
          // Bound to the logger of the first line, but without its request: the number is about all of them.
          if (dropped > 0) method.call(this, { repeated: dropped }, `${sentence} (${dropped} more times)`);
        }, windowMs).unref();
        return method.apply(this, parameters);
      }
      counts.set(key, count + 1);
      if (count < mostLines || level >= neverLimited) method.apply(this, parameters);
    },
  };
}
