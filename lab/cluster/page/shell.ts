/**
 * The one shell in which an operator runs the blocks of the documentation: variables and tunnels of one block are there in the next.
 * It stands in the network of the node, so that the ports of its tunnels are free whatever else this machine does.
 */
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { interruption } from '../../../tools/programs/execute.ts';
import { inNetwork } from '../node/network.ts';
import { runFolder } from '../places.ts';

export function createShell(cwd: string, env: NodeJS.ProcessEnv) {
  let shell: ChildProcessWithoutNullStreams | undefined;
  let blocks = 0;

  /** It ends at the first command that fails, as an operator would. */
  function start(): ChildProcessWithoutNullStreams {
    shell = spawn(...inNetwork('bash', '-eu', '-o', 'pipefail'), { cwd, env, detached: true });
    // Programs that a block leaves running, such as a tunnel, end with the run. They also end with a shell that fails, because
    // they would hold its output open.
    interruption.signal.addEventListener('abort', close);
    shell.once('exit', close);
    return shell;
  }

  function close() {
    if (shell?.pid !== undefined)
      try {
        process.kill(-shell.pid, 'SIGKILL');
      } catch {
        // It and all that it started have ended.
      }
    shell = undefined;
  }

  return {
    /** All that the lines print. @throws Error with it where a command fails */
    run(lines: string): Promise<string> {
      const { stdin, stdout, stderr } = shell ?? start();
      const child = shell;
      const file = path.join(runFolder, `block-${++blocks}.sh`);
      writeFileSync(file, lines);
      const mark = randomBytes(8).toString('hex');
      let output = '';
      return new Promise((resolve, reject) => {
        const read = (chunk: Buffer) => {
          output += chunk;
          if (output.includes(mark)) end(resolve, output.replace(`${mark}\n`, ''));
        };
        const onEnd = () => {
          shell = undefined;
          end(reject, new Error(output.trim() || 'the shell ended without a word'));
        };
        function end<T>(settle: (value: T) => void, value: T) {
          stdout.off('data', read);
          stderr.off('data', read);
          child?.off('close', onEnd);
          settle(value);
        }
        stdout.on('data', read);
        stderr.on('data', read);
        child?.once('close', onEnd);
        // A program of the block must not read the next block.
        stdin.write(`. '${file}' < /dev/null\necho ${mark}\n`);
      });
    },
    close,
  };
}
