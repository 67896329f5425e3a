import { describe, expect, it } from 'vitest';
import { accountPassword, clientOptions, tlsOptions } from '../../src/commands/config-server/connection.ts';

const connection = {
  server: ['127.0.0.1:8888'],
  application: 'gatehouse',
  account: 'gatehouse',
};

describe('the options of a connection', () => {
  it('never try the password of the demo at a server of somebody else, whose account it would bring nearer to its lock', () => {
    expect(accountPassword({ server: ['localhost', '[::1]:8888'] }, {})).toBe('demo-service-password');
    expect(() => accountPassword({ server: ['127.0.0.1', '10.0.0.5'] }, {})).toThrow(
      'CONFIG_SERVER_PASSWORD',
    );
    expect(accountPassword({ server: ['10.0.0.5'] }, { CONFIG_SERVER_PASSWORD: 'own' })).toBe('own');
  });

  it('encrypt as soon as one of them speaks of TLS', () => {
    expect(tlsOptions(connection)).toBeUndefined();
    for (const option of [{ tls: true }, { serverName: 'cs.example' }])
      expect(tlsOptions({ ...connection, ...option })).toBeDefined();
  });

  it('name the option whose file cannot be read, and the one that is missing', () => {
    expect(() => clientOptions({ ...connection, passwordFile: '/nowhere' }, {})).toThrow(
      '--password-file /nowhere cannot be read',
    );
    expect(() => tlsOptions({ ...connection, ca: '/nowhere' })).toThrow('--ca /nowhere cannot be read');
    expect(() => tlsOptions({ ...connection, cert: '/nowhere' })).toThrow('--cert and --key go together');
  });
});
