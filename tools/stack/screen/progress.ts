/** Says which step is running and how long it took. */

export interface Progress {
  /** Shows the title while the work goes on and its duration at the end. */
  step<T>(title: string, work: () => Promise<T>): Promise<T>;
  note(sentence: string): void;
}

const frames = ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'];

/** Goes to standard error: standard output carries only the result. */
export function createProgress(options: { quiet: boolean }): Progress {
  const stream = process.stderr;
  const isLive = stream.isTTY === true && !options.quiet;
  const line = (text: string) => {
    if (!options.quiet) stream.write(`${isLive ? '\r\x1b[2K' : ''}${text}\n`);
  };
  return {
    note: (sentence) => line(`  · ${sentence}`),
    async step(title, work) {
      const startedAtMs = Date.now();
      const seconds = () => `${((Date.now() - startedAtMs) / 1000).toFixed(1)} s`;
      let frame = 0;
      const draw = () => stream.write(`\r\x1b[2K  ${frames[frame++ % frames.length]} ${title}  ${seconds()}`);
      const timer = isLive ? setInterval(draw, 100) : undefined;
      if (isLive) draw();
      else line(`  … ${title}`);
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
