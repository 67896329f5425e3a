/** Talks to the YAML language server that editors use, by its protocol (LSP 3.17) on standard input and output. */
import { spawn } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

interface Message {
  id?: number;
  method?: string;
  params?: unknown;
  result?: unknown;
}

const manifest = createRequire(import.meta.url).resolve('yaml-language-server/package.json');
const program = join(dirname(manifest), 'bin/yaml-language-server');

export async function startLanguageServer() {
  const server = spawn(process.execPath, [program, '--stdio'], { stdio: ['pipe', 'pipe', 'inherit'] });
  const waiting = new Map<string, (value: unknown) => void>();
  let received = Buffer.alloc(0);
  let lastId = 0;

  server.stdout.on('data', (piece: Buffer) => {
    received = Buffer.concat([received, piece]);
    for (let message = nextMessage(); message !== undefined; message = nextMessage()) take(message);
  });

  function nextMessage(): Message | undefined {
    const end = received.indexOf('\r\n\r\n');
    if (end < 0) return undefined;
    const length = Number(/Content-Length: (\d+)/i.exec(received.toString('latin1', 0, end))?.[1]);
    const start = end + 4;
    if (received.length < start + length) return undefined;
    const message = JSON.parse(received.toString('utf8', start, start + length));
    received = received.subarray(start + length);
    return message;
  }

  function take({ id, method, params, result }: Message): void {
    if (method === undefined) settle(`answer ${id}`, result);
    // The server asks for the settings of the editor, which has none.
    else if (id !== undefined) send({ id, result: method === 'workspace/configuration' ? [] : null });
    else if (method === 'textDocument/publishDiagnostics')
      settle(`problems ${(params as { uri: string }).uri}`, params);
  }

  function settle(name: string, value: unknown): void {
    waiting.get(name)?.(value);
    waiting.delete(name);
  }

  const expected = <T>(name: string) =>
    new Promise<T>((resolve) => waiting.set(name, resolve as (value: unknown) => void));

  function send(message: object): void {
    const text = JSON.stringify({ jsonrpc: '2.0', ...message });
    server.stdin.write(`Content-Length: ${Buffer.byteLength(text)}\r\n\r\n${text}`);
  }

  function ask<T>(method: string, params: object): Promise<T> {
    lastId += 1;
    const answer = expected<T>(`answer ${lastId}`);
    send({ id: lastId, method, params });
    return answer;
  }

  await ask('initialize', { processId: process.pid, rootUri: null, capabilities: {} });
  send({ method: 'initialized', params: {} });

  return {
    /** Opens a text as a file of an editor; resolves with what the editor underlines. */
    async open(uri: string, text: string): Promise<{ message: string; line: number }[]> {
      const problems = expected<{ diagnostics: { message: string; range: Range }[] }>(`problems ${uri}`);
      send({
        method: 'textDocument/didOpen',
        params: { textDocument: { uri, languageId: 'yaml', version: 1, text } },
      });
      const { diagnostics } = await problems;
      return diagnostics.map(({ message, range }) => ({ message, line: range.start.line + 1 }));
    },
    /** What the editor offers at a place; lines count from 1. */
    async completions(uri: string, line: number, character: number) {
      const { items } = await ask<{ items: { label: string; documentation?: unknown }[] }>(
        'textDocument/completion',
        { textDocument: { uri }, position: { line: line - 1, character } },
      );
      return items;
    },
    async close(): Promise<void> {
      await ask('shutdown', {});
      send({ method: 'exit' });
    },
  };
}

interface Range {
  start: { line: number };
}
