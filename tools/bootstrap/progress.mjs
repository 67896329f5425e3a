// Says on standard error which step is running and how long it took.
const spinner = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];

/** An error whose message is all that a person needs: printed without a stack trace. */
export class PlainError extends Error {}

/** `step(title, work)` shows the title while the work goes on and its duration at the end. */
export function createProgress({ quiet }) {
  const stream = process.stderr;
  const line = (text) => quiet || stream.write(`${text}\n`);
  return {
    note: line,
    async step(title, work) {
      const startedAtMs = Date.now();
      const seconds = () => `${((Date.now() - startedAtMs) / 1000).toFixed(1)} s`;
      const live = stream.isTTY && !quiet;
      let frame = 0;
      const draw = () =>
        stream.write(`\r\x1b[2K  ${spinner[frame++ % spinner.length]} ${title}  ${seconds()}`);
      if (!live) line(`  … ${title}`);
      const timer = live ? setInterval(draw, 100) : undefined;
      try {
        const result = await work();
        if (live) stream.write('\r\x1b[2K');
        line(`  ✓ ${title}  ${seconds()}`);
        return result;
      } catch (error) {
        if (live) stream.write('\r\x1b[2K');
        line(`  ✗ ${title}  ${seconds()}`);
        throw error;
      } finally {
        clearInterval(timer);
      }
    },
  };
}

export function fail(error) {
  process.stderr.write(`\n${error instanceof PlainError ? error.message : error.stack}\n`);
  process.exitCode = 1;
}
