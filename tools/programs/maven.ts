/** Unpacks artifacts of Maven Central with the machine's own Maven, and runs the programs that are needed for it. */
import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';

const attempts = 3;

export function hasMaven(): boolean {
  return spawnSync('mvn', ['--version']).error === undefined;
}

/** Fills a folder whole or not at all: it is renamed when everything is there, and `readyMark` names a file in it that says so. */
export async function installOnce(
  folder: string,
  readyMark: (folder: string) => string,
  fill: (folder: string) => Promise<void>,
): Promise<void> {
  const unfinished = mkdtempSync(`${folder}-`);
  chmodSync(unfinished, 0o755);
  try {
    await fill(unfinished);
    writeFileSync(readyMark(unfinished), '');
    // A folder that another run finished meanwhile is as good.
    if (!existsSync(readyMark(folder))) {
      rmSync(folder, { recursive: true, force: true });
      renameSync(unfinished, folder);
    }
  } finally {
    rmSync(unfinished, { recursive: true, force: true });
  }
}

/** The local Maven repository keeps the artifact for the next time. */
export async function unpackArtifact(artifact: string, folder: string): Promise<void> {
  const goal = ['dependency:unpack', `-Dproject.basedir=${folder}`, `-Dartifact=${artifact}`];
  const options = ['-B', '-q', '-Dstyle.color=never', `-DoutputDirectory=${folder}`];
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await runProgram('mvn', [...options, ...goal], folder);
    } catch (error) {
      if (attempt === attempts) throw error;
    }
  }
}

/** @throws Error with the end of the failed program's output */
export async function runProgram(program: string, args: readonly string[], cwd: string): Promise<void> {
  const child = spawn(program, args, { cwd, stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  const read = (chunk: Buffer) => {
    output = (output + chunk).slice(-4000);
  };
  child.stdout.on('data', read);
  child.stderr.on('data', read);
  const end = await new Promise<string | number>((resolve) => {
    child.once('error', (error) => resolve(error.message));
    child.once('close', (code, signal) => resolve(signal ?? code ?? 'unknown'));
  });
  if (end !== 0) throw new Error(`${program} ended with ${end}:\n${output.trim()}`);
}
