/** Asks about the attacked person, asks the same about somebody whom nobody knows, and compares. */
import type { App } from '@gatehouse/service-kit/http';
import { expect } from 'vitest';
import type { Stage } from '../../../services/auth-ui/test/console/stage.ts';
import { type About, filled, unknownLike, withoutNames } from './about.ts';
import type { Caller, Callers } from './callers.ts';
import { type Estate, mark } from './estate.ts';
import { stateOf, type Witnesses } from './state.ts';
import type { Ask, Fields } from './table.ts';

export interface Boundary {
  stage: Stage;
  estate: Estate;
  callers: Callers;
  witnesses: Witnesses;
  /** Of the attacked, before the row. */
  state: object;
}

export interface Answered {
  status: number;
  text: string;
}

/** Values that the call itself names are no secret of the answer: it may repeat them. */
export function requireNothingOf(estate: Estate, answer: Answered, sent: string): void {
  const { accessToken, refreshToken, idToken, code, sid, clientId, centerName, domain, userName, sub } =
    estate.attacked.about;
  const ofBoth = Object.values(estate.shared);
  const secrets = [
    mark,
    accessToken,
    refreshToken,
    idToken,
    code,
    sid,
    clientId,
    centerName,
    domain,
    userName,
    sub,
  ];
  for (const secret of secrets)
    if (!ofBoth.includes(secret) && !sent.includes(secret)) expect(answer.text).not.toContain(secret);
}

/** Of an operator account: after some of them for one name they are not looked at any more. */
const wrongCredentials = /"Bad credentials"|Too many attempts/;

/** Asks for both, and requires that the answers are alike. */
export async function compare(
  { estate, witnesses }: Boundary,
  send: (about: About) => Promise<{ answers: Record<string, Answered>; sent: string }>,
  mayDiffer = false,
): Promise<void> {
  const { about } = estate.attacked;
  const unknown = unknownLike(witnesses.formerIdToken, estate.shared);
  const known = await send(about);
  for (const answer of Object.values(known.answers)) requireNothingOf(estate, answer, known.sent);
  const other = await send(unknown);
  const plain = (answers: Record<string, Answered>, names: About) =>
    Object.fromEntries(
      Object.entries(answers).map(([who, { status, text }]) => [
        who,
        wrongCredentials.test(text) ? 'refused' : [status, withoutNames(text, names)],
      ]),
    );
  if (!mayDiffer) expect(plain(known.answers, about)).toEqual(plain(other.answers, unknown));
}

/** Requires that nothing happened to the attacked since the last time. */
export async function requireUnchanged(boundary: Boundary): Promise<void> {
  const { stage, estate, witnesses, state } = boundary;
  boundary.state = await stateOf(stage, estate, witnesses);
  expect(boundary.state).toEqual(state);
}

/** One row of the table of a service. */
export async function walkRoute(
  boundary: Boundary,
  { route, asks, app, callers }: { route: string; asks: Ask[]; app: App; callers: () => Caller[] },
): Promise<void> {
  for (const ask of asks) {
    const send = async (about: About) => {
      const answers: Record<string, Answered> = {};
      let sent = '';
      if (ask.endsOwn) await boundary.callers.renew();
      for (const { name } of callers()) {
        const names = { ...about, ...namesOf(boundary) };
        const request = requestOf(route, filled(ask, names), names);
        const caller = callers().find((one) => one.name === name) as Caller;
        answers[name] = await call(boundary.stage, app, request, caller);
        sent += JSON.stringify(request);
      }
      return { answers, sent };
    };
    await compare(boundary, send, ask.mayDiffer !== undefined);
  }
  await requireUnchanged(boundary);
  if (asks.some(({ endsOwn }) => endsOwn)) await boundary.callers.renew();
}

/** Of the attacker, and of both. */
export const namesOf = ({ estate: { attacker, environmentId }, callers }: Boundary) => ({
  ownId: attacker.id,
  ownDomain: attacker.domain,
  ownUser: attacker.person.username,
  ownClientId: callers.client.clientId,
  ownIdToken: callers.idToken(),
  ownCsrf: callers.csrf(),
  ownRedirectUri: callers.client.redirectUri,
  environmentId,
});

interface Request {
  method: string;
  path: string;
  payload: string | undefined;
  type: string | undefined;
}

function requestOf(route: string, ask: Ask, names: Record<string, string>): Request {
  const [method = '', pattern = ''] = route.split(' ');
  const usual = { id: names['contactCenterId'] ?? '', client_id: names['clientId'] ?? '', ...names };
  const path = filled(pattern, { ...usual, ...ask.path }).replaceAll(/\{\w+\}/g, 'x');
  const query = ask.query === undefined ? '' : `?${new URLSearchParams(ask.query as Fields)}`;
  const [payload, type] =
    ask.json !== undefined
      ? [JSON.stringify(ask.json), 'application/json']
      : ask.form !== undefined
        ? [new URLSearchParams(ask.form).toString(), 'application/x-www-form-urlencoded']
        : [undefined, undefined];
  return { method, path: `${path}${query}`, payload, type };
}

let calls = 0;
/** Nobody is slowed down for what others got wrong. */
const nextAddress = (): string => {
  calls += 1;
  return `10.${(calls >> 16) & 255}.${(calls >> 8) & 255}.${calls & 255}`;
};

async function call(stage: Stage, app: App, { method, path, payload, type }: Request, by: Caller) {
  const cookies = by.person?.cookies ?? new Map<string, string>();
  const { host } = new URL(stage.publicUrl);
  const response = await app.inject({
    method: method as 'GET',
    url: path,
    remoteAddress: nextAddress(),
    headers: {
      host,
      accept: '*/*',
      'accept-language': 'en',
      origin: stage.publicUrl,
      'sec-fetch-site': 'same-origin',
      'sec-fetch-dest': 'document',
      ...(type === undefined ? {} : { 'content-type': type }),
      ...(cookies.size === 0 ? {} : { cookie: [...cookies].map((pair) => pair.join('=')).join('; ') }),
      ...by.headers,
    },
    ...(payload === undefined ? {} : { payload }),
  });
  for (const { name, value, maxAge } of response.cookies)
    if (maxAge === 0 || value === '') cookies.delete(name);
    else cookies.set(name, value);
  const location = String(response.headers.location ?? '');
  return { status: response.statusCode, text: `${location}\n${response.body}` };
}
