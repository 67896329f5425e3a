/** Defines the steady load: what people and applications of both contact centres do all day, by the public host. */
import { setTimeout as wait } from 'node:timers/promises';
import { demoClient, exchange } from '../../tools/stack/provisioning/demo.ts';
import type { Call } from '../harness/calls.ts';
import { type Answer, basic } from '../harness/http.ts';
import { createOAuth } from '../harness/oauth.ts';
import type { Directory, PersonName } from './directory.ts';
import { clients, credentialsOf, type Place, places } from './estate.ts';
import type { Side } from './exchanges/exchange.ts';
import { guessOnce } from './guessing.ts';
import { isActive } from './held.ts';
import { type Tokens, tokensIn, type Visits } from './visits.ts';

export interface LoadOptions {
  side: Side;
  /** Believes an address of a caller. */
  authApiUrl: string;
  visits: Visits;
  directory: Directory;
}

/** Of the load alone: what happens to them must not be taken for the work of a check. */
const people: readonly PersonName[] = ['ann', 'bob', 'cid'];
const leaver: PersonName = 'xena';
const guessed: PersonName = 'vera';
/** Until a person whom the directory has disabled has lost everything. */
const patienceMs = 5_000;

const done = (isRight: boolean, answer: Answer = { status: 200, body: undefined, requestId: '' }) => ({
  answer,
  isRight,
});

/** About eight requests of the API and the pages of one login a second. */
export function createLoad({ side, authApiUrl, visits, directory }: LoadOptions): Call[] {
  const { http } = side;
  const oauth = createOAuth(http);
  const subjects = new Map<string, string>();
  const chains = new Map<Place, Tokens>();
  const revoked: string[] = [];
  let turn = 0;

  const call = (kind: string, perSecond: number, send: Call['send'], atOnce = 10): Call => ({
    ...{ kind, perSecond, atOnce },
    send: () => send().catch((error: Error) => done(false, noAnswer(error))),
  });
  const next = () => {
    turn += 1;
    return { name: people[turn % people.length] ?? leaver, place: turn % 2 === 0 ? places.a : places.b };
  };
  /** Whether it is the subject of all logins of the person to the contact centre. */
  const isSame = (name: string, place: Place, sub: string) => {
    const key = `${name} ${place.id}`;
    const known = subjects.get(key) ?? sub;
    subjects.set(key, known);
    return known === sub;
  };

  const logIn = call('login by the pages, and sign-out', 0.7, async () => {
    const person = next();
    const { browser, tokens } = await visits.signIn(side, person);
    const isRight = isSame(person.name, person.place, tokens.sub);
    const { status } = await browser.ask(side.addresses, '/auth/v3/sign-out', {});
    return done(isRight && status === 302 && !(await visits.isSignedIn(side, browser)));
  });
  const refresh = (place: Place) =>
    call(
      `refresh in ${place.domain}`,
      0.5,
      async () => {
        const chain = chains.get(place);
        const answer =
          chain === undefined
            ? await visits.passwordGrant(side, { name: 'ann', place })
            : await visits.refresh(side, clients.opaque.client_id, chain.refresh);
        if (answer.status !== 200 || answer.body === undefined) return done(false, answer);
        const tokens = tokensIn(answer.body);
        chains.set(place, tokens);
        return done(isSame('ann', place, tokens.sub), answer);
      },
      1,
    );
  const introspection = call('introspection', 2, async () => {
    const [place, tokens] = [...chains][turn % Math.max(1, chains.size)] ?? [];
    if (place === undefined || tokens === undefined) return done(true);
    return done((await isActive(side, tokens.access)) === tokens.sub);
  });
  const dead = call('introspection of a revoked token', 1, async () => {
    const token = revoked[Math.floor(Math.random() * revoked.length)];
    return done(token === undefined || (await isActive(side, token)) === false);
  });
  const revoke = call('revocation', 0.5, async () => {
    const answer = await visits.passwordGrant(side, next(), 'jwt');
    if (answer.body === undefined || answer.status !== 200) return done(false, answer);
    const { access } = tokensIn(answer.body);
    const ended = await oauth.revoke(credentialsOf(clients.jwt.client_id), access);
    if (ended.status === 200) revoked.push(access);
    return done(ended.status === 200, ended);
  });
  const traded = call('exchange', 0.5, () => exchangeOnce(oauth, next()));
  const list = call('list of sessions', 0.5, async () => {
    const tokens = chains.get(places.a);
    if (tokens === undefined) return done(true);
    const answer = await http('/auth/v3/sessions', { authorization: `Bearer ${tokens.access}` });
    return done(answer.status === 200, answer);
  });
  const leave = call(
    'person disabled in the directory',
    0.1,
    async () => {
      const { answer, access, isEnded } = await disableOnce({ side, visits, directory });
      if (access !== undefined && isEnded) revoked.push(access);
      return done(isEnded, answer);
    },
    1,
  );
  const guess = call('wrong password', 0.5, async () => {
    const place = next().place;
    const answer = await guessOnce(authApiUrl, place, guessed);
    return done(answer.status === 400 || answer.status === 429, answer);
  });
  return [
    logIn,
    refresh(places.a),
    refresh(places.b),
    introspection,
    dead,
    revoke,
    traded,
    list,
    leave,
    guess,
  ];
}

function noAnswer({ message, cause }: Error): Answer {
  const error = cause instanceof Error ? `${message}: ${cause.message}` : message;
  return { status: 0, body: undefined, requestId: '', error };
}

/** An application gets a token of a person, and a service exchanges it. */
async function exchangeOnce(
  { token }: ReturnType<typeof createOAuth>,
  { name, place }: { name: PersonName; place: Place },
): ReturnType<Call['send']> {
  const owner = demoClient('external_api_client');
  const service = demoClient(exchange.service);
  const form = {
    ...{ grant_type: 'password', username: `${place.domain}\\${name}`, password: `password-of-${name}` },
    scope: exchange.scope,
  };
  const made = await token(basic(owner.client_id, owner.client_secret), form);
  if (made.status !== 200) return done(false, made);
  const answer = await token(basic(service.client_id, service.client_secret), {
    grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
    subject_token: String(made.body?.['access_token']),
    subject_token_type: 'urn:ietf:params:oauth:token-type:access_token',
    ...{ audience: exchange.audience, scope: exchange.scope },
  });
  return done(answer.status === 200, answer);
}

/** `isEnded`: the token of the person was dead in time. The person is enabled again. */
async function disableOnce({ side, visits, directory }: Pick<LoadOptions, 'side' | 'visits' | 'directory'>) {
  const made = await visits.passwordGrant(side, { name: leaver, place: places.b });
  if (made.status !== 200 || made.body === undefined) return { answer: made, isEnded: false };
  const { access } = tokensIn(made.body);
  await directory.setEnabled(leaver, false);
  const startMs = performance.now();
  while ((await isActive(side, access)) !== false && performance.now() - startMs < patienceMs) await wait(50);
  const isEnded = (await isActive(side, access)) === false;
  await directory.setEnabled(leaver, true);
  return { access, isEnded };
}
