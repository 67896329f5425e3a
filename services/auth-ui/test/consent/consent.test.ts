import type { App } from '@gatehouse/service-kit/http';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { type AuthApiStandIn, startAuthApiStandIn } from '../auth-api-stand-in.ts';
import { buildTestApp, pageGet } from '../test-app.ts';

let authApi: AuthApiStandIn;
let app: App;

beforeAll(async () => {
  authApi = await startAuthApiStandIn();
  app = await buildTestApp({ authApiUrl: authApi.url });
});

afterAll(async () => {
  await app.close();
  await authApi.close();
});

it('says who asks, whom, and for what; sends the answer to Auth API and on to the application', async () => {
  authApi.hold({
    id: 'asked',
    consent: { userName: 'nordic\\maria', scope: ['openid', 'email', 'calls:<read>'] },
  });

  const page = await app.inject(pageGet('/auth/consent.html?interaction=asked'));

  expect(page.statusCode).toBe(200);
  expect(page.body).toContain('<h1>Allow Agent Workspace?</h1>');
  expect(page.body).toContain('nordic\\maria');
  expect(page.body).toContain('<li>see your e-mail address</li>');
  expect(page.body).toContain('<li><code>calls:&lt;read&gt;</code></li>');
  expect(page.body).not.toContain('see your name');
  expect(page.body).toContain('action="/auth/v3/oauth/consent"');
  expect(page.body).toContain('name="csrf" value="csrf-of-asked"');
  expect(page.body.match(/name="answer" value="(\w+)"/g)).toHaveLength(2);
  expect(page.headers['content-security-policy']).toContain(
    "form-action 'self' https://workspace.example.com",
  );
  expect(page.headers['cache-control']).toBe('no-store');
});

it('shows single things with what they consist of, and that it asks each time', async () => {
  const details = [
    {
      text: 'listen to <recordings>',
      members: [
        { name: 'actions', value: 'listen, delete' },
        { name: 'campaign', value: '<b>spring</b>' },
      ],
    },
  ];
  authApi.hold({ id: 'details', consent: { userName: 'nordic\\maria', scope: [], details } });

  const { body } = await app.inject(pageGet('/auth/consent.html?interaction=details'));

  expect(body).toContain('<bdi>listen to &lt;recordings&gt;</bdi>');
  expect(body).toContain('<dt><bdi>What is done:</bdi></dt><dd><bdi>listen, delete</bdi></dd>');
  expect(body).toContain('<dt><bdi>campaign:</bdi></dt><dd><bdi>&lt;b&gt;spring&lt;/b&gt;</bdi></dd>');
  expect(body).toContain('You are asked each time');
});

it('names the resources that the application may use, and that it asks each time', async () => {
  const resources = ['https://calls.test/mcp', 'https://reports.test/api?a=1&b=2'];
  const consent = { userName: 'nordic\\maria', scope: ['calls:read'], resources };
  const client = { id: 'https://notes.test/client.json', name: 'Notes', documentHost: 'notes.test' };
  authApi.hold({ id: 'resources', consent });
  authApi.hold({ id: 'resources-of-document', consent, client });

  const [registered, described] = await Promise.all(
    ['resources', 'resources-of-document'].map(
      async (id) => (await app.inject(pageGet(`/auth/consent.html?interaction=${id}`))).body,
    ),
  );

  for (const body of [registered, described]) {
    expect(body).toContain('<bdi>do so at these addresses only</bdi>');
    expect(body).toContain(
      '<dt><bdi>Where:</bdi></dt><dd><bdi>https://calls.test/mcp, https://reports.test/api?a=1&amp;b=2</bdi></dd>',
    );
  }
  expect(registered).toContain('You are asked each time, because this is about single things.');
  expect(described).toContain('You are asked each time, because nobody here has checked this application.');
});

const pages = {
  clientUri: 'https://workspace.example.com/',
  policyUri: 'https://workspace.example.com/privacy?a=1&b=2',
  tosUri: 'https://workspace.example.com/terms',
};

it.each(['consent', 'sign-in'])(
  'links the pages of the application on the %s page, opened apart from it',
  async (name) => {
    const client = { id: 'workspace', name: 'Agent Workspace', ...pages };
    authApi.hold({ id: `linked-${name}`, client, consent: { userName: 'maria', scope: ['openid'] } });

    const { body } = await app.inject(pageGet(`/auth/${name}.html?interaction=linked-${name}`));

    const away = 'target="_blank" rel="noopener noreferrer"';
    expect(body).toContain(`<a href="https://workspace.example.com/" ${away}>workspace.example.com</a>`);
    expect(body).toContain(
      `<a href="https://workspace.example.com/privacy?a=1&amp;b=2" ${away}>Privacy policy</a>`,
    );
    expect(body).toContain(`<a href="https://workspace.example.com/terms" ${away}>Terms of service</a>`);
  },
);

// attack: script as link of an application on our pages | CWE-79, RFC 7591 5 | guard: services/auth-ui/src/pages/application-links.ts
it('links https addresses alone, and none where the application has none', async () => {
  const client = {
    id: 'workspace',
    name: 'Agent Workspace',
    clientUri: 'javascript:alert(1)',
    policyUri: 'http://a.test/',
    tosUri: 'no address',
  };
  authApi.hold({ id: 'unlinked', client, consent: { userName: 'maria', scope: ['openid'] } });
  authApi.hold({ id: 'plain', consent: { userName: 'maria', scope: ['openid'] } });

  for (const id of ['unlinked', 'plain']) {
    const { body } = await app.inject(pageGet(`/auth/consent.html?interaction=${id}`));
    expect(body).not.toContain('application-links');
    expect(body).not.toMatch(/javascript:|a\.test/);
  }
});

it('shows nothing for a login that waits for something else, or belongs to another browser', async () => {
  authApi.hold({ id: 'password' });
  authApi.hold({ id: 'theirs', consent: { userName: 'maria', scope: ['openid'] } });

  const other = await app.inject(pageGet('/auth/consent.html?interaction=password'));
  const foreign = await app.inject(
    pageGet('/auth/consent.html?interaction=theirs', { cookie: 'gatehouse-browser=another' }),
  );
  const none = await app.inject(pageGet('/auth/consent.html'));

  for (const page of [other, foreign, none]) {
    expect(page.statusCode).toBe(410);
    expect(page.body).not.toContain('maria');
  }
});

// attack: application that nobody has registered, under the name of a known one | draft-ietf-oauth-client-id-metadata-document-02 8.5 | guard: services/auth-ui/src/consent/page.ts
it('names the host that describes an application, and warns of answers to the own machine', async () => {
  const client = {
    id: 'https://notes.test/client.json',
    name: 'Agent Workspace',
    documentHost: 'notes.test',
  };
  const consent = { userName: 'nordic\\maria', scope: ['openid'] };
  authApi.hold({ id: 'web', consent, client });
  authApi.hold({ id: 'local', consent, client, redirectOrigin: 'http://127.0.0.1:3000' });
  const [web, local] = await Promise.all(
    ['web', 'local'].map(
      async (id) => (await app.inject(pageGet(`/auth/consent.html?interaction=${id}`))).body,
    ),
  );
  for (const body of [web, local]) {
    expect(body).toContain('Nobody here has checked this application. It is described by notes.test');
    expect(body).toContain('You are asked each time, because nobody here has checked this application.');
  }
  expect(web).not.toContain('a program on your computer');
  expect(local).toContain('a program on your computer');
});
