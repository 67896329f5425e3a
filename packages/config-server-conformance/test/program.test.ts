import { describe, expect, it } from 'vitest';
import { startServer, watchSuite } from '../../config-server-simulator/test/harness.ts';
import { outcomeOf, programs } from '../../config-server-simulator/test/program/run-program.ts';

watchSuite();

const run = (args: readonly string[], options: Parameters<typeof outcomeOf>[2] = {}) =>
  outcomeOf(programs.conformance, args, options);

describe('the program', () => {
  it('examines a server, but not one that is not there, and tries no wrong password twice', async () => {
    const server = await startServer();
    const at = ['--server', `127.0.0.1:${server.port}`];
    for (const name of ['CONFIG_SERVER_PASSWORD', 'CONFIG_SERVER_USER_PASSWORD']) {
      let tried = 0;
      server.faults.beforeRequest = ({ name: request }) => {
        if (request === 'RequestRegisterClient' || request === 'RequestAuthenticate') tried += 1;
      };
      expect(await run(at, { env: { [name]: 'wrong' } })).toMatchObject({
        code: 1,
        output: expect.stringMatching(/is refused \(.*\): nothing can be examined without it/),
      });
      expect(tried).toBeLessThanOrEqual(2);
    }
    await server.close();
    const { code, output } = await run(at);
    expect({ code, output }).toEqual({ code: 2, output: expect.stringContaining('nothing listens there') });
    expect(output.split('\n')).toHaveLength(3);
  }, 60_000);

  it('gives up the examination of a server that says nothing, with one sentence', async () => {
    const server = await startServer();
    server.faults.onConnection = () => 'ignore';
    expect(await run(['--server', `127.0.0.1:${server.port}`])).toEqual({
      code: 1,
      output: expect.stringMatching(
        /^error +RegisterTimeout\nmessage +the server takes the connection and says nothing .* nothing can be examined\n$/,
      ),
      errors: '',
    });
  }, 30_000);
});
