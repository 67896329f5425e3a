/** Starts a peer's program on the core of the servers, and gives it a database of its own. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import { watchProgram } from '@gatehouse/testing/programs';
import pg from 'pg';
import { pin, serverCore } from '../machine.ts';

/** Keycloak compiles its configuration first, on one core. */
const readyLimitMs = 600_000;

export interface ProgramOptions {
  program: string;
  args: readonly string[];
  env: Record<string, string>;
  /** Answers with success once it is up. */
  readyUrl: string;
}

/** @throws Error with the end of what the program said when it does not come up */
export async function startProgram({ program, args, env, readyUrl }: ProgramOptions) {
  const child = spawn(program, args, {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const watched = watchProgram(child);
  // At once: what it starts stays on the same core, and it sees one core when it chooses its threads.
  pin(child.pid ?? 0, serverCore);
  const stop = async () => {
    if (watched.ended() !== undefined) return;
    const exited = once(child, 'exit');
    child.kill('SIGTERM');
    await exited;
  };
  const isUp = async () => (await fetch(readyUrl).catch(() => undefined))?.ok === true;
  const endMs = Date.now() + readyLimitMs;
  while (!(await isUp())) {
    if (watched.ended() !== undefined || Date.now() > endMs) {
      await stop();
      throw new Error(`${program} ${watched.ended() ?? 'did not answer'}: ${watched.output()}`);
    }
    await wait(200);
  }
  return { pid: child.pid ?? 0, stop };
}

/** On the PostgreSQL server of the stack; its address. */
export async function createDatabase(postgresUrl: string, name: string): Promise<URL> {
  const client = new pg.Client({ connectionString: postgresUrl });
  await client.connect();
  await client.query(`CREATE DATABASE ${name}`);
  await client.end();
  const url = new URL(postgresUrl);
  url.pathname = `/${name}`;
  return url;
}

/** @throws Error with what was answered instead of success */
export async function sendForm(
  url: string,
  form: Record<string, string>,
  authorization?: string,
): Promise<Record<string, string>> {
  const answer = await fetch(url, {
    method: 'POST',
    headers: authorization === undefined ? {} : { authorization },
    body: new URLSearchParams(form),
  });
  if (!answer.ok) throw new Error(`${url}: ${answer.status} ${await answer.text()}`);
  return (await answer.json()) as Record<string, string>;
}
