/** Makes the people store of an evaluation and its first administrator, whatever of them is missing. It may be repeated at any point. */
import { readFileSync } from 'node:fs';
import { setTimeout as wait } from 'node:timers/promises';

const { AUTH_API, ENVIRONMENT_API, SECRETS_FOLDER } = process.env;
const secret = (name) => readFileSync(`${SECRETS_FOLDER}/${name}`, 'utf8');
const authorization = `Basic ${Buffer.from(`ops:${secret('ops-password')}`).toString('base64')}`;

// Fixed, so that a repetition finds what is there.
const environmentId = '0000e7a1-0000-4000-8000-00000000e001';
const contactCenterId = '0000e7a1-0000-4000-8000-00000000cc01';
const userName = 'administrator';
const domain = 'evaluation';
const deadline = Date.now() + 240_000;

await create('the people store', `${ENVIRONMENT_API}/environment/v3/environments`, {
  data: { id: environmentId, name: 'Evaluation', directory: 'people' },
});
await create('the contact centre', `${ENVIRONMENT_API}/environment/v3/contact-centers`, {
  data: { id: contactCenterId, name: 'Evaluation', domains: [domain], environmentId },
});
await create(
  'the person',
  `${ENVIRONMENT_API}/environment/v3/contact-centers/${contactCenterId}/scim/v2/Users`,
  {
    schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'],
    userName,
    name: { givenName: 'First', familyName: 'Administrator' },
    active: true,
    password: secret('administrator-password'),
  },
);
await create('the administrator', `${AUTH_API}/auth/v3/ops/administrators`, {
  data: { user: userName, contactCenter: domain },
});

/** A service that starts, or waits for its neighbour, is asked again. */
async function create(what, url, body) {
  for (;;) {
    const answer = await send(url, body);
    if (answer.status < 300) return console.log(`Made ${what}.`);
    if (answer.status === 409) return console.log(`Found ${what}.`);
    if (answer.status < 500 || Date.now() > deadline)
      throw new Error(`Could not make ${what} (${answer.status}): ${await answer.text()}`);
    await wait(1000);
  }
}

async function send(url, body) {
  try {
    return await fetch(url, {
      method: 'POST',
      headers: { authorization, 'content-type': 'application/json' },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(10_000),
    });
  } catch (error) {
    return new Response(`${error.cause?.message ?? error.message}`, { status: 503 });
  }
}
