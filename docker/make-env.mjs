/** Makes up the secrets of a Compose installation, once: docker/.env, readable by its owner only. */
import { randomBytes } from 'node:crypto';
import { existsSync, writeFileSync } from 'node:fs';

const file = new URL('.env', import.meta.url);

if (existsSync(file)) {
  process.stdout.write('docker/.env exists and is left as it is\n');
} else {
  const password = () => randomBytes(24).toString('base64url');
  const secrets = {
    POSTGRES_PASSWORD: password(),
    GATEHOUSE_AUTH_POSTGRES_PASSWORD: password(),
    GATEHOUSE_ENVIRONMENT_POSTGRES_PASSWORD: password(),
    GATEHOUSE_REDIS_PASSWORD: password(),
    GATEHOUSE_SERVICE_CLIENT_SECRET: password(),
    GATEHOUSE_OPS_PASSWORD: password(),
    GATEHOUSE_ENCRYPTION_KEYS: `k1:${randomBytes(32).toString('base64')}`,
  };
  // The address of a trial is http://localhost:8080. Whoever names an https address removes this line.
  const settings = { ...secrets, GATEHOUSE_ALLOW_PLAINTEXT_PUBLIC_URL: 'true' };
  const lines = Object.entries(settings).map(([name, value]) => `${name}=${value}\n`);
  writeFileSync(file, lines.join(''), { mode: 0o600 });
  process.stdout.write('wrote docker/.env; the operator account is "ops" with GATEHOUSE_OPS_PASSWORD\n');
}
