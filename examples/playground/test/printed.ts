/** Reads the calls that a page of the playground prints, and runs each form as printed. */
import { execFile } from 'node:child_process';
import { symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { temporaryFolder } from '@gatehouse/testing/programs';
import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import { type Outcome, startInterpreter } from './interpreter.ts';

export const forms = ['curl', 'openid-client', 'Python'] as const;
export type Form = (typeof forms)[number];

export interface PrintedCall extends Record<Form, string> {
  what: string;
  status: string;
  Variables: string;
  /** JSON; empty for a call that was not made. */
  Answer: string;
}

/** The newest first. */
export async function readCalls(page: Page): Promise<PrintedCall[]> {
  const items = await page.locator('.calls > li').all();
  return Promise.all(
    items.map(async (item) => {
      const panel = async (name: string) =>
        (await item.locator(`[data-form="${name}"] code`).allTextContents()).join('');
      const status = (await item.locator('.status').textContent()) ?? '';
      const what = await item
        .locator('.what')
        .evaluate((element) => element.firstChild?.textContent?.trim() ?? '');
      return {
        what,
        status,
        curl: await panel('curl'),
        'openid-client': await panel('openid-client'),
        Python: await panel('Python'),
        Variables: await panel('Variables'),
        Answer: await panel('Answer'),
      };
    }),
  );
}

export type Printed = Awaited<ReturnType<typeof createPrinted>>;

export async function createPrinted() {
  const folder = await temporaryFolder();
  // Instead of `npm install openid-client@6`: the folder that holds the library and what it needs.
  const library = fileURLToPath(import.meta.resolve('openid-client'));
  symlinkSync(
    join(library.slice(0, library.lastIndexOf('openid-client')), '.'),
    join(folder, 'node_modules'),
  );
  const interpreters = {
    'openid-client': startInterpreter(process.execPath, 'node.mjs', folder),
    Python: startInterpreter('python3', 'python.py', folder),
  };
  let count = 0;

  async function run(call: PrintedCall | undefined, form: Form): Promise<Outcome> {
    if (!call) throw new Error('there is no such call');
    if (form === 'curl') return inBash(`${call.Variables}\n${call.curl}`, folder);
    const file = join(folder, `${++count}.${form === 'Python' ? 'py' : 'mjs'}`);
    writeFileSync(file, call[form]);
    // A person pastes the variables first: bash sets them, and the program finds them.
    const { stdout } = await inBash(`${call.Variables}\nenv -0`, folder);
    return interpreters[form].run(file, namedIn(call.Variables, stdout));
  }

  return {
    run,
    close() {
      for (const interpreter of Object.values(interpreters)) interpreter.close();
    },
    /** The answers have what the playground's own had. */
    async expectSame(calls: (PrintedCall | undefined)[], wanted: readonly Form[] = forms): Promise<void> {
      for (const call of calls) {
        const own = JSON.parse(call?.Answer ?? '') as Record<string, unknown>;
        const outcomes = await Promise.all(wanted.map((form) => run(call, form)));
        for (const [index, { stdout, stderr }] of outcomes.entries()) {
          const name = `${call?.what}, ${wanted[index]}: ${stderr}`;
          // The library's answer to a pushed request is the address for the browser.
          if (stdout.startsWith('http')) expect(stdout, name).toContain('request_uri=');
          else
            expect(Object.keys(parse(stdout, name)), name).toEqual(expect.arrayContaining(Object.keys(own)));
        }
      }
    },
    async expectRefused(call: PrintedCall | undefined, error: string): Promise<void> {
      const [curl, library, python] = await Promise.all(forms.map((form) => run(call, form)));
      expect(parse(curl?.stdout ?? '', curl?.stderr)).toMatchObject({ error });
      expect(parse(python?.stdout ?? '', python?.stderr)).toMatchObject({ error });
      expect(library?.stderr).toContain(error);
    },
  };
}

function inBash(script: string, cwd: string): Promise<Outcome> {
  return new Promise((resolve) => {
    execFile('bash', ['-c', script], { cwd }, (_error, stdout, stderr) => resolve({ stdout, stderr }));
  });
}

/** Of an environment, as `env -0` prints it, what the lines set. */
function namedIn(lines: string, environment: string): Record<string, string> {
  const names = new Set([...lines.matchAll(/^export (\w+)=/gm)].map(([, name]) => name));
  const all = environment.split('\0').map((one) => one.split(/=(.*)/s) as [string, string]);
  return Object.fromEntries(all.filter(([name]) => names.has(name)).map(([name, value]) => [name, value]));
}

function parse(text: string, name = ''): Record<string, unknown> {
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    throw new Error(`no JSON: ${text}\n${name}`);
  }
}
