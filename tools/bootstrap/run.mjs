// Runs programs: in the background with their output kept for a failure, or in the foreground as ourselves.
import { spawn } from 'node:child_process';
import { constants } from 'node:os';
import { PlainError } from './progress.mjs';

/** Resolves with the standard output; rejects with the end of all output when the program fails. */
export function run(program, args, { cwd, env = process.env } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    let all = '';
    child.stdout.on('data', (chunk) => {
      output += chunk;
      all = (all + chunk).slice(-4000);
    });
    child.stderr.on('data', (chunk) => {
      all = (all + chunk).slice(-4000);
    });
    child.once('error', (error) => reject(new PlainError(`${program} cannot be started: ${error.message}`)));
    child.once('close', (code, signal) => {
      if (code === 0) resolve(output.trim());
      else reject(new PlainError(`${program} ${args.join(' ')} failed (${signal ?? code}):\n${all.trim()}`));
    });
  });
}

const parentPid = process.ppid;

/**
 * Runs a program in our place: same terminal, signals handed on, its exit code returned
 * (128 + number when a signal ended it, as a shell reports it).
 * A watched program gets a channel whose end tells it that this process was killed.
 */
export function runForeground(program, args, { cwd, env, watched }) {
  return new Promise((resolve, reject) => {
    const channel = watched ? ['ipc'] : [];
    const child = spawn(program, args, { cwd, env, stdio: ['inherit', 'inherit', 'inherit', ...channel] });
    child.channel?.unref();
    const signals = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'];
    const forward = (signal) => child.kill(signal);
    for (const signal of signals) process.on(signal, forward);
    // npm that is killed without a word hands nothing on: then this process has another parent.
    const orphaned = setInterval(() => {
      if (watched && process.ppid !== parentPid) child.kill('SIGTERM');
    }, 1000).unref();
    child.once('error', (error) => reject(new PlainError(`${program} cannot be started: ${error.message}`)));
    child.once('exit', (code, signal) => {
      clearInterval(orphaned);
      for (const name of signals) process.off(name, forward);
      resolve(code ?? 128 + (constants.signals[signal] ?? 0));
    });
  });
}
