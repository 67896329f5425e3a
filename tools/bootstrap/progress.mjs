// Says on standard error which step is running and how long it took.
const frames = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];

/** An error whose message is enough for a person: printed without a stack trace. */
export class PlainError extends Error {
  name = 'PlainError';
}

/** @typedef {ReturnType<typeof createProgress>} Progress */

/**
 * Standard output stays free for results.
 * @param {{ quiet: boolean }} options
 */
export function createProgress({ quiet }) {
  const stream = process.stderr;
  const isLive = stream.isTTY === true && !quiet;
  const line = (text) => {
    if (!quiet) stream.write(`${isLive ? '\r\x1b[2K' : ''}${text}\n`);
  };
  return {
    /** @param {string} sentence */
    note: (sentence) => line(`  · ${sentence}`),
    /**
     * Shows the title while the work goes on and its duration at the end.
     * @template T
     * @param {string} title
     * @param {() => Promise<T>} work
     * @returns {Promise<T>}
     */
    async step(title, work) {
      const startedAtMs = Date.now();
      const seconds = () => `${((Date.now() - startedAtMs) / 1000).toFixed(1)} s`;
      let frame = 0;
      const draw = () => stream.write(`\r\x1b[2K  ${frames[frame++ % frames.length]} ${title}  ${seconds()}`);
      if (!isLive) line(`  … ${title}`);
      const timer = isLive ? setInterval(draw, 100) : undefined;
      try {
        const result = await work();
        line(`  ✓ ${title}  ${seconds()}`);
        return result;
      } catch (error) {
        line(`  ✗ ${title}  ${seconds()}`);
        throw error;
      } finally {
        clearInterval(timer);
      }
    },
  };
}

/** @param {Error} error */
export function fail(error) {
  process.stderr.write(`\n${error instanceof PlainError ? error.message : error.stack}\n`);
  process.exitCode = 1;
}
