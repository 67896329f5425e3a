/** A server that a test starts beside the trio, and ends by its process. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { watchProgram } from '@gatehouse/testing/programs';
import { vi } from 'vitest';

export interface Server {
  close(): Promise<void>;
}

export interface ServerOptions {
  program: string;
  args: string[];
  env?: Record<string, string>;
  /** Asked again and again until it is so. */
  isUp(): Promise<boolean>;
  /** Default 30 s. */
  readyLimitMs?: number;
}

/** Rejects with what the server said when it does not come up. */
export async function startServer(options: ServerOptions): Promise<Server> {
  const { program, args, env, isUp, readyLimitMs = 30_000 } = options;
  const child = spawn(program, args, {
    env: { ...process.env, ...env },
    // A group of its own: its workers end with it.
    detached: true,
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const watched = watchProgram(child);
  const close = async () => {
    if (watched.ended() !== undefined || child.pid === undefined) return;
    const exited = once(child, 'exit');
    process.kill(-child.pid, 'SIGTERM');
    await exited;
  };
  await vi.waitUntil(isUp, { timeout: readyLimitMs, interval: 100 }).catch(async () => {
    await close();
    throw new Error(`${program} ${watched.ended() ?? 'did not answer'}: ${watched.output()}`);
  });
  return { close };
}
