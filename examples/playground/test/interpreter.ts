/** Runs many printed programs in one process of Node or Python: starting one for each would take longer than the programs. */
import { spawn } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

export interface Outcome {
  stdout: string;
  stderr: string;
}

/** Each reads lines of JSON with a file and its variables, runs the file, and answers with what it printed. */
const loops = {
  'node.mjs': `
import { createInterface } from 'node:readline';
import { inspect } from 'node:util';
for await (const line of createInterface({ input: process.stdin })) {
  const { file, env } = JSON.parse(line);
  const outcome = { stdout: '', stderr: '' };
  Object.assign(process.env, env);
  console.log = (text) => { outcome.stdout += text + '\\n'; };
  try {
    await import(file);
  } catch (error) {
    outcome.stderr = inspect(error, { depth: 5 });
  }
  for (const name of Object.keys(env)) delete process.env[name];
  process.stdout.write(JSON.stringify(outcome) + '\\n');
}
`,
  'python.py': `
import contextlib, io, json, os, runpy, sys, traceback
for line in sys.stdin:
    asked = json.loads(line)
    before = dict(os.environ)
    os.environ.update(asked["env"])
    out, err = io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out):
        try:
            runpy.run_path(asked["file"], run_name="__main__")
        except Exception:
            err.write(traceback.format_exc())
    os.environ.clear()
    os.environ.update(before)
    print(json.dumps({"stdout": out.getvalue(), "stderr": err.getvalue()}), flush=True)
`,
};

/** `folder`: where the programs find their libraries. */
export function startInterpreter(program: string, loop: keyof typeof loops, folder: string) {
  const script = join(folder, loop);
  writeFileSync(script, loops[loop]);
  const child = spawn(program, [script], { cwd: folder, stdio: ['pipe', 'pipe', 'inherit'] });
  const waiting: ((line: string) => void)[] = [];
  createInterface({ input: child.stdout }).on('line', (line) => waiting.shift()?.(line));
  return {
    async run(file: string, env: Record<string, string>): Promise<Outcome> {
      const line = new Promise<string>((resolve) => waiting.push(resolve));
      child.stdin.write(`${JSON.stringify({ file, env })}\n`);
      return JSON.parse(await line);
    },
    close: () => child.stdin.end(),
  };
}
