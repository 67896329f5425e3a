/** Runs `gatehouse apply` on files of a test, with a service that keeps what it is sent and answers as the test says. */
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { json } from 'node:stream/consumers';
import { afterAll, beforeEach } from 'vitest';
import { type CommandSurroundings, runCommand } from '../../src/run-command.ts';

const summary = { create: 0, change: 0, delete: 0, nothing: 0, refused: 0 };
export const planOf = (changes: readonly object[] = [], counts: Partial<typeof summary> = {}) => ({
  owner: 'platform/git',
  dryRun: false,
  isApplied: true,
  isDifferent: changes.length > 0,
  summary: { ...summary, ...counts },
  changes,
});

interface Sent {
  documents: { kind: string; metadata: object; spec: object; secrets?: object }[];
  [field: string]: unknown;
}

export async function startApply() {
  const folder = realpathSync(mkdtempSync(join(tmpdir(), 'gatehouse-apply-')));
  const sent: Sent[] = [];
  const answers: { status: number; body: object }[] = [];
  const server = createServer(async (request, response) => {
    sent.push((await json(request)) as Sent);
    const { status, body } = answers.shift() ?? { status: 200, body: { data: planOf() } };
    response
      .writeHead(status, { 'content-type': 'application/json' })
      .end(JSON.stringify({ status: { code: status === 200 ? 0 : status }, ...body }));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;

  beforeEach(() => {
    sent.length = 0;
    answers.length = 0;
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(folder);
  });
  afterAll(() => {
    server.close();
    rmSync(folder, { recursive: true, force: true });
  });

  return {
    folder,
    sent,
    answers,
    /** The path of a new file in the folder. */
    file(name: string, text: string): string {
      const path = join(folder, name);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, text);
      return path;
    },
    run: (args: readonly string[], { env, ...surroundings }: CommandSurroundings = {}) =>
      runCommand(['apply', '--owner', 'platform/git', ...args], {
        ...surroundings,
        env: {
          GATEHOUSE_URL: `http://127.0.0.1:${port}`,
          GATEHOUSE_USERNAME: 'ops',
          GATEHOUSE_PASSWORD: 'secret',
          ...env,
        },
      }),
  };
}

export const clientOf = (name: string, spec = '') =>
  `apiVersion: gatehouse/v1\nkind: Client\nmetadata:\n  name: ${name}\nspec:\n  name: Desktop\n${spec}`;
