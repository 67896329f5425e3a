/** Signs a person with an app for one-time codes in at one replica, by a code of any time. */
import { setTimeout as wait } from 'node:timers/promises';
import {
  browserHeader,
  type SecondStepView,
  secondStepHeader,
  secondStepPaths,
} from '@gatehouse/contracts/auth-api';
import { type TOTP, URI } from 'otpauth';
import { provideSecondFactors } from '../../../tools/stack/provisioning/second-factor.ts';
import type { serviceAddresses } from '../../../tools/stack/services.ts';
import { basic } from '../../harness/http.ts';

interface SecondStepOptions {
  publicUrl: string;
  serviceSecret: string;
}

/** A sign-in that waits. */
interface Waiting {
  cookie: string;
  view: SecondStepView;
}

const stepMs = 30_000;

/** Makes the contact centre of `npm start -- --second-factor`; its first person signs in here. */
export async function createSecondStep({ publicUrl, serviceSecret }: SecondStepOptions) {
  const apps = { read: () => ({}), write: () => undefined };
  const [person] = await provideSecondFactors({ publicUrl, localUrl: publicUrl, apps });
  if (person?.app === undefined) throw new Error('nobody has an app for one-time codes');
  const { app, ...login } = person;
  const generator = URI.parse(app.uri) as TOTP;
  /** The app was confirmed by the code of this step. */
  let lastStep = stepOf(Date.now());

  const post = (url: string, body: object, cookie = '') =>
    fetch(url, {
      method: 'POST',
      headers: { origin: publicUrl, cookie, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });

  return ({ url, internalUrl }: ReturnType<typeof serviceAddresses>['auth-api']) => ({
    async begin(): Promise<Waiting> {
      const typed = await post(`${url}/auth/v3/sign-in`, login);
      const pairs = typed.headers.getSetCookie().map((line) => line.split(';')[0] ?? '');
      const cookieOf = (name: string) =>
        pairs.find((pair) => pair.startsWith(`${name}=`))?.slice(name.length + 1) ?? '';
      const read = await fetch(`${internalUrl}/auth/v3/internal/second-step`, {
        headers: {
          authorization: basic('gatehouse-services', serviceSecret),
          [browserHeader]: cookieOf('gatehouse-browser'),
          [secondStepHeader]: cookieOf('gatehouse-second-step'),
        },
      });
      if (!read.ok) throw new Error(`the sign-in does not wait (${typed.status}, ${read.status})`);
      const { data } = (await read.json()) as { data: SecondStepView };
      return { cookie: pairs.join('; '), view: data };
    },

    /** Gives the code of a time; the status of the answer. */
    async give({ cookie, view }: Waiting, atMs: number): Promise<number> {
      const code = generator.generate({ timestamp: atMs });
      const body = { csrf: view.csrf, kind: 'totp', code };
      return (await post(`${url}${secondStepPaths.code}`, body, cookie)).status;
    },

    /** A time of now whose code was not used; each is used once. */
    async unusedMs(): Promise<number> {
      while (stepOf(Date.now()) + 1 <= lastStep) await wait(200);
      lastStep = Math.max(lastStep + 1, stepOf(Date.now()));
      return lastStep * stepMs;
    },
  });
}

const stepOf = (ms: number) => Math.floor(ms / stepMs);
