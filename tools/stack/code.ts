/** `npm run demo:code`: prints the one-time codes that the apps of the demo people would show now. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type TOTP, URI } from 'otpauth';
import { repositoryFolder } from './processes/node-program.ts';
import type { StackDescription } from './state/stack-file.ts';

const [file = join(repositoryFolder, '.gatehouse', 'stack.json')] = process.argv.slice(2);
const { secondFactorUsers = [] } = existsSync(file)
  ? (JSON.parse(readFileSync(file, 'utf8')) as StackDescription)
  : {};

const lines = secondFactorUsers.flatMap(({ username, app }) => {
  if (app === undefined) return [];
  const generator = URI.parse(app.uri) as TOTP;
  const seconds = Math.ceil(generator.remaining() / 1000);
  return [`${username.padEnd(13)}${generator.generate()}   for ${seconds} more seconds`];
});
if (lines.length > 0) process.stdout.write(`${lines.join('\n')}\n`);
else {
  process.stderr.write(
    `${file} names nobody with an app for codes. Start the stack with: npm start -- --second-factor\n`,
  );
  process.exitCode = 1;
}
