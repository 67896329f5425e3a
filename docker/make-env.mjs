/**
 * Makes what docker/compose.yaml needs and is missing: secrets in docker/.env, and demo certificates in docker/certificates.
 * Arguments are the profiles that start by default: elasticsearch, consul, demo.
 */
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const folder = fileURLToPath(new URL('.', import.meta.url));
const profiles = process.argv.slice(2);
const consul = { GATEHOUSE_CONSUL_URL: 'https://consul:8501' };
const elasticsearch = { GATEHOUSE_ELASTICSEARCH_NODES: 'https://elasticsearch:9200' };
/** The simulator of the demo is found through Consul, so the demo brings it. */
const settingsOf = { elasticsearch, consul, demo: consul };
const unknown = profiles.find((profile) => !Object.hasOwn(settingsOf, profile));
if (unknown) {
  process.stderr.write(
    `There is no profile ${unknown}: name some of ${Object.keys(settingsOf).join(', ')}\n`,
  );
  process.exit(2);
}
writeSecrets();
if (!existsSync(`${folder}certificates`)) makeCertificates();

/** Keeps what the file has, so that a second run adds only what a newer version or another profile needs. */
function writeSecrets() {
  const file = `${folder}.env`;
  const password = () => randomBytes(24).toString('base64url');
  const kept = Object.fromEntries(
    (existsSync(file) ? readFileSync(file, 'utf8') : '')
      .split('\n')
      .filter((line) => line.includes('='))
      .map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
  );
  const settings = {
    POSTGRES_PASSWORD: password(),
    GATEHOUSE_AUTH_POSTGRES_PASSWORD: password(),
    GATEHOUSE_ENVIRONMENT_POSTGRES_PASSWORD: password(),
    GATEHOUSE_REDIS_PASSWORD: password(),
    GATEHOUSE_ELASTICSEARCH_PASSWORD: password(),
    GATEHOUSE_SERVICE_CLIENT_SECRET: password(),
    GATEHOUSE_OPS_PASSWORD: password(),
    GATEHOUSE_ENCRYPTION_KEYS: `k1:${randomBytes(32).toString('base64')}`,
    ...kept,
    ...(profiles.length > 0 && { COMPOSE_PROFILES: profiles.join(',') }),
    ...Object.assign({}, ...profiles.map((profile) => settingsOf[profile])),
  };
  const lines = Object.entries(settings).map(([name, value]) => `${name}=${value}\n`);
  writeFileSync(file, lines.join(''), { mode: 0o600 });
  process.stdout.write(
    'docker/.env has the secrets; the operator account is "ops" with GATEHOUSE_OPS_PASSWORD\n',
  );
}

/**
 * One certificate for each container, of an authority whose key is thrown away: whoever trusts it trusts these alone.
 * Containers read the keys under accounts of their own; on this machine the closed folder above keeps them.
 */
function makeCertificates() {
  const services = [
    'auth-api',
    'auth-ui',
    'environment-api',
    'postgres',
    'redis',
    'elasticsearch',
    'consul',
    'config-server',
  ];
  const certificates = `${folder}certificates/`;
  const openssl = (...args) =>
    execFileSync('openssl', args, { cwd: certificates, stdio: ['ignore', 'ignore', 'pipe'] });
  const newKey = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes'];
  mkdirSync(certificates, { mode: 0o700 });
  try {
    const authority = [
      '-keyout',
      'ca.key',
      '-out',
      'ca.crt',
      '-subj',
      '/CN=Gatehouse demo authority of one machine',
    ];
    openssl('req', '-x509', ...newKey, ...authority, '-days', '365');
    for (const name of ['public-host', ...services]) {
      mkdirSync(certificates + name);
      const files = { key: `${name}/tls.key`, crt: `${name}/tls.crt` };
      const names = `subjectAltName=DNS:${name},DNS:localhost,IP:127.0.0.1`;
      writeFileSync(
        `${certificates}extensions`,
        `${names}\nextendedKeyUsage=serverAuth,clientAuth\nbasicConstraints=CA:FALSE\n`,
      );
      openssl(
        'req',
        ...newKey,
        '-keyout',
        files.key,
        '-out',
        'request',
        '-subj',
        `/CN=${name} (Gatehouse demo)`,
      );
      const sign = [
        '-CA',
        'ca.crt',
        '-CAkey',
        'ca.key',
        '-CAcreateserial',
        '-extfile',
        'extensions',
        '-days',
        '365',
      ];
      openssl('x509', '-req', '-in', 'request', ...sign, '-out', files.crt);
      execFileSync('chmod', ['644', files.key], { cwd: certificates });
      writeFileSync(`${certificates}${name}/ca.crt`, readFileSync(`${certificates}ca.crt`));
    }
    for (const left of ['ca.key', 'ca.srl', 'request', 'extensions'])
      rmSync(certificates + left, { force: true });
  } catch (error) {
    rmSync(certificates, { recursive: true });
    throw error;
  }
  process.stdout.write(
    'docker/certificates has demo certificates for localhost; a browser asks whether it may trust them\n',
  );
}
