import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it, onTestFinished } from 'vitest';
import { startConsulStandIn } from '../consul/consul-stand-in.ts';
import { startNameServerStandIn } from './name-server-stand-in.ts';

const sources = new URL('../../src/discovery/', import.meta.url).href;

describe('a process that closed its sources', () => {
  it('ends by itself, although Consul and the name server still owe an answer', async () => {
    const consul = await startConsulStandIn();
    const dns = await startNameServerStandIn('silence');
    onTestFinished(() => consul.close());
    onTestFinished(() => dns.close());
    const script = `
      import { consulEndpoints } from '${sources}../consul/consul-endpoints.ts';
      import { dnsSrvEndpoints } from '${sources}dns-srv.ts';
      const consul = consulEndpoints({ url: '${consul.url}', service: 'config-server' });
      const dns = dnsSrvEndpoints({ name: '_ocs._tcp.config.test', nameServers: ['${dns.address}'] });
      process.stdin.once('data', async () => {
        process.stdin.destroy();
        await Promise.all([consul.close(), dns.close()]);
        process.stdout.write('closed');
      });
    `;
    const child = spawn(process.execPath, ['--conditions=source', '--input-type=module', '--eval', script], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    onTestFinished(() => void child.kill('SIGKILL'));
    await consul.query();
    await expect.poll(() => dns.questions).toBeGreaterThan(0);
    let output = '';
    child.stdout.on('data', (chunk) => {
      output += chunk;
    });
    child.stdin.end('close');
    expect(await once(child, 'exit')).toEqual([0, null]);
    expect(output).toBe('closed');
  });
});
