/** Limits how often the same sentence is logged, and logs how many lines were left out. */
import type { LogFn, Logger as PinoLogger } from 'pino';

export interface StormLimitOptions {
  /** Lines of one sentence in a window. Further lines are counted, and their number is logged at its end. */
  maxLines: number;
  windowMs: number;
}

/** Level `fatal`. */
const neverLimited = 60;
/** Sentences beyond this number are not limited. */
const maxSentences = 1000;

export function createStormLimit({ maxLines, windowMs }: StormLimitOptions) {
  const counts = new Map<string, number>();

  return {
    /** For pino's `hooks.logMethod`. */
    logMethod(this: PinoLogger, parameters: Parameters<LogFn>, method: LogFn, level: number): void {
      const [first, second] = parameters as unknown[];
      const sentence = typeof first === 'string' ? first : typeof second === 'string' ? second : '';
      const key = `${level} ${sentence}`;
      const count = counts.get(key);
      if (count === undefined) {
        if (counts.size >= maxSentences) {
          method.apply(this, parameters);
          return;
        }
        counts.set(key, 1);
        setTimeout(() => {
          const dropped = (counts.get(key) ?? 0) - maxLines;
          counts.delete(key);
          // The logger of the first line, but without its request: the number is about all of them.
          if (dropped > 0) method.call(this, { repeated: dropped }, `${sentence} (${dropped} more times)`);
        }, windowMs).unref();
        method.apply(this, parameters);
        return;
      }
      counts.set(key, count + 1);
      if (count < maxLines || level >= neverLimited) method.apply(this, parameters);
    },
  };
}
