/**
 * Measures single sign-on: how many answers of a SAML identity provider are verified and judged a second. It also counts the
 * round trips to Redis of a sign-in over an OpenID Connect provider, beside those of one with a password.
 */
import { type OpenIdProvider, startOpenIdProvider } from '@gatehouse/testing/identity-providers';
import { Redis } from 'ioredis';
import type { BenchStack } from '../bench-stack.ts';
import { readsDuring } from '../redis-reads.ts';
import { disturbedIn, medianOf, rounded, sampled } from '../samples.ts';
import { createSamlAnswers } from './saml-answers.ts';
import { addContactCenter, createVisitor } from './visits.ts';

export const signOnRowName = 'single_sign_on';

export interface SignOnResult {
  name: typeof signOnRowName;
  samlAnswersPerSecond: number;
  cpuMsPerSamlAnswer: number;
  /** Reads that Redis saw for one sign-in: what is sent together counts once. */
  roundTrips: { password: number; oidc: number };
}

const concurrency = 16;
const signIns = 50;
const idleMs = 2_000;
const client = { client_id: 'gatehouse', client_secret: 'bench-secret' };

export async function measureSignOn(
  stack: BenchStack,
  { seconds, rounds }: { seconds: number; rounds: number },
): Promise<{ result: SignOnResult; disturbedRounds: number }> {
  const samples = await samlRounds(stack, seconds, rounds);
  const { perSecond, cpuMs } = medianOf(
    samples.map((sample) => ({ ...sample, cpuMs: (1000 * sample.cpuSeconds) / sample.answers })),
    (sample) => sample.perSecond,
  );
  return {
    disturbedRounds: disturbedIn(samples),
    result: {
      name: signOnRowName,
      samlAnswersPerSecond: Math.round(perSecond),
      cpuMsPerSamlAnswer: rounded(cpuMs),
      roundTrips: await roundTripsOf(stack),
    },
  };
}

async function samlRounds(stack: BenchStack, seconds: number, rounds: number) {
  const answers = createSamlAnswers(stack.user.name);
  const id = await addContactCenter(stack, 'bench-saml', 'saml', async () => ({
    idpMetadataXml: answers.metadata,
    allowIdpInitiated: true,
  }));
  const entityId = `${stack.issuer}/saml/${id}/-`;
  const answerOnce = async () => {
    const SAMLResponse = answers.next(entityId);
    const { status, location } = await createVisitor(stack).post(`${entityId}/acs`, { SAMLResponse });
    if (status !== 303 || location.includes('error')) throw new Error(`the answer was refused: ${location}`);
  };
  const round = async (durationMs: number) => {
    let done = 0;
    const startMs = performance.now();
    const oneAfterAnother = async () => {
      while (performance.now() < startMs + durationMs) {
        await answerOnce();
        done += 1;
      }
    };
    await Promise.all(Array.from({ length: concurrency }, oneAfterAnother));
    return { answers: done, perSecond: (1000 * done) / (performance.now() - startMs) };
  };
  await round(Math.min(2, seconds) * 1000);
  const samples = [];
  for (let number = 0; number < rounds; number += 1)
    samples.push(await sampled([...stack.pids, process.pid], () => round(seconds * 1000), [stack.serverPid]));
  return samples;
}

async function roundTripsOf(stack: BenchStack): Promise<SignOnResult['roundTrips']> {
  const redis = new Redis(stack.redisUrl);
  let provider: OpenIdProvider | undefined;
  try {
    await addContactCenter(stack, 'bench-oidc', 'oidc', async (id) => {
      const redirectUri = `${stack.issuer}/sso/oidc/callback/${id}/-`;
      provider = await startOpenIdProvider({ clients: [{ ...client, redirect_uris: [redirectUri] }] });
      return {
        issuer: provider.issuer,
        clientId: client.client_id,
        clientSecret: client.client_secret,
      };
    });
    const signInThere = () => signInElsewhere(stack, provider as OpenIdProvider);
    return {
      password: await readsPer(redis, () => signInByPassword(stack)),
      oidc: await readsPer(redis, signInThere),
    };
  } finally {
    redis.disconnect();
    await provider?.close();
  }
}

/** The reads without any sign-in are taken off. */
async function readsPer(redis: Redis, work: () => Promise<void>): Promise<number> {
  await work();
  const idle = await readsDuring(redis, () => new Promise((resolve) => setTimeout(resolve, idleMs)));
  const busy = await readsDuring(redis, async () => {
    for (let number = 0; number < signIns; number += 1) await work();
  });
  return rounded((busy.reads - (idle.reads / idle.ms) * busy.ms) / signIns);
}

async function signInByPassword(stack: BenchStack): Promise<void> {
  const { name: username, password, tenant } = stack.user;
  const { location } = await createVisitor(stack).post('/auth/v3/sign-in', { username, password, tenant });
  if (!location.endsWith('/auth/signed-in.html')) throw new Error(`the password was refused: ${location}`);
}

/** The provider takes up to three steps, ours two. */
async function signInElsewhere(stack: BenchStack, provider: OpenIdProvider): Promise<void> {
  provider.user = stack.user.name;
  const visitor = createVisitor(stack);
  let { location } = await visitor.get('/auth/v3/sso/start?tenant=bench-oidc');
  for (let step = 0; step < 5 && !location.endsWith('/auth/signed-in.html'); step += 1)
    location = (await visitor.get(location)).location;
  if (!location.endsWith('/auth/signed-in.html')) throw new Error(`nobody was signed in: ${location}`);
}

export function printSignOn({ roundTrips, ...result }: SignOnResult): void {
  console.table([
    {
      ...result,
      'round trips, password': roundTrips.password,
      'round trips, OpenID Connect': roundTrips.oidc,
      added: rounded(roundTrips.oidc - roundTrips.password),
    },
  ]);
}
