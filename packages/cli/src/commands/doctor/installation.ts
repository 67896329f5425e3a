/** Checks a whole installation part by part, and prints each part when it is done. */
import { UpstreamError } from '@gatehouse/api-client/http';
import { authApiDiagnosisPath, environmentApiDiagnosisPath } from '@gatehouse/contracts/answers';
import { z } from 'zod';
import { exitCodes, UsageError } from '../../failure/failure.ts';
import { failureOf } from '../../failure/upstream.ts';
import { readSecretFile } from '../../input/file.ts';
import { renderSteps, type StepLine } from '../../output/steps.ts';
import type { Session } from '../../session.ts';
import { variableOf } from '../../terminal/files.ts';
import { askSecret } from '../../terminal/prompts.ts';
import { createBrowser } from './browser.ts';
import { checkDirectories, checkProviders } from './directories.ts';
import { checkPublicAddress } from './public-address.ts';
import { checkService, type Part } from './service.ts';
import { type Account, signInRow } from './sign-in.ts';

export interface InstallationOptions {
  publicAt?: string;
  signInUsername?: string;
  signInPasswordFile?: string;
}

export async function examineInstallation(session: Session, options: InstallationOptions): Promise<void> {
  const account = await accountOf(session, options);
  const publicUrl = new URL((await session.authApi.read(discovery, discoveryRequest)).issuer).origin;
  const browser = createBrowser(session, publicUrl, addressOf(options.publicAt));
  const parts: Part[] = [];
  const add = async (title: string, rows: Promise<StepLine[] | Part>) => {
    const found = await rows.catch((error) => [unanswered(session, error)]);
    const part = Array.isArray(found) ? { title, rows: found } : found;
    parts.push(part);
    const { output } = session;
    if (!output.isJson) output.raw(`${output.paint('bold', part.title)}\n${renderSteps(part.rows, output)}`);
  };
  await add(`public address ${publicUrl}`, checkPublicAddress(session, browser));
  await add('auth-api', checkService(session.authApi, authApiDiagnosisPath));
  await add('environment-api', checkService(session.environmentApi, environmentApiDiagnosisPath));
  await add('environments', checkDirectories(session));
  await add('single sign-on', checkProviders(session));
  await add('sign-in', signInRow(session, browser, account));
  conclude(session, parts);
}

const discoveryRequest = { path: '/auth/v3/.well-known/openid-configuration' };
const discovery = z.object({ issuer: z.url() });

/** An answer that is missing or refused is the finding. */
function unanswered(session: Session, error: unknown): StepLine {
  if (!(error instanceof UpstreamError)) throw error;
  const { message, exitCode } = failureOf(error);
  session.exitCode ||= exitCode;
  return { name: 'answer', status: 'failed', message };
}

function conclude(session: Session, parts: readonly Part[]): void {
  const checks = parts.flatMap(({ title, rows }) => rows.map((row) => ({ part: title, ...row })));
  const count = (status: StepLine['status']) => checks.filter((check) => check.status === status).length;
  const ok = count('failed') === 0;
  session.output.text(
    { ok, checks },
    `\n${count('ok')} checks passed, ${count('warning')} gave a warning, ${count('failed')} failed, ${count('skipped')} did not apply.\n`,
  );
  if (!ok) session.exitCode ||= exitCodes.negative;
}

/** Undefined: no sign-in is tried. @throws UsageError */
async function accountOf(
  { terminal }: Session,
  { signInUsername, signInPasswordFile }: InstallationOptions,
): Promise<Account | undefined> {
  const { env } = terminal;
  const userName = signInUsername ?? variableOf(env, 'GATEHOUSE_SIGN_IN_USERNAME');
  if (!userName) return undefined;
  const what = `The password of ${userName}`;
  const password =
    signInPasswordFile === undefined
      ? variableOf(env, 'GATEHOUSE_SIGN_IN_PASSWORD')
      : await readSecretFile(terminal, signInPasswordFile, what);
  const instead = '--sign-in-password-file names a file that holds it';
  return { userName, password: password || (await askSecret(terminal, what, instead)) };
}

/** @throws UsageError */
function addressOf(text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  const url = URL.parse(text);
  if (url === null || !/^https?:$/.test(url.protocol) || url.pathname !== '/')
    throw new UsageError('--public-at must be an address without a path, such as http://ingress.example.svc');
  return url.origin;
}
