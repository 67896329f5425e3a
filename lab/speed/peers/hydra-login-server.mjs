// The login and consent application that Hydra leaves to those who use it: the same pages and the same work as behind oidc-provider.
// Its own process; told the address of Hydra's administration, the Redis URL, the port of the Configuration Server and its own.
import { createServer } from 'node:http';
import { text } from 'node:stream/consumers';
import { Redis } from 'ioredis';
import { Agent } from 'undici';
import { createSignIn, escaped, page } from './sign-in.mjs';

const [adminUrl = '', redisUrl, configServerPort, port] = process.argv.slice(2);
const redis = new Redis(redisUrl, { enableAutoPipelining: true, keyPrefix: 'hydra:' });
const { signIn, note, close } = createSignIn({ redis, configServerPort: Number(configServerPort) });
const agent = new Agent({ connections: 16, pipelining: 1 });

/** `kind`: login or consent. `answer` accepts, without it the request is read. */
async function ask(kind, challenge, answer) {
  const { statusCode, body } = await agent.request({
    origin: adminUrl,
    path: `/admin/oauth2/auth/requests/${kind}${answer ? '/accept' : ''}?${new URLSearchParams({ [`${kind}_challenge`]: challenge })}`,
    method: answer ? 'PUT' : 'GET',
    headers: { 'content-type': 'application/json' },
    body: answer ? JSON.stringify(answer) : null,
  });
  const result = await body.json();
  if (statusCode !== 200) throw new Error(`${kind}: ${statusCode} ${JSON.stringify(result)}`);
  return result;
}

async function login(request, response, query) {
  const form = request.method === 'POST' ? new URLSearchParams(await text(request)) : query;
  const challenge = form.get('login_challenge') ?? '';
  const [userName, password] = [form.get('username') ?? '', form.get('password')];
  if (password === null) {
    const { client } = await ask('login', challenge);
    response.setHeader('content-type', 'text/html; charset=utf-8');
    const hidden = `<input type="hidden" name="login_challenge" value="${escaped(challenge)}">`;
    return response.end(page('/login', client.client_name || client.client_id, userName, hidden));
  }
  const subject = await signIn({ userName, password, clientAddress: request.socket.remoteAddress });
  const { redirect_to: next } = await ask('login', challenge, {
    subject,
    remember: true,
    remember_for: 43_200,
  });
  return redirect(response, next);
}

/** Consent is not asked for, as behind oidc-provider; Hydra wants it said. */
async function consent(_request, response, query) {
  const challenge = query.get('consent_challenge') ?? '';
  const { client, subject, requested_scope: scope } = await ask('consent', challenge);
  const { redirect_to: next } = await ask('consent', challenge, { grant_scope: scope });
  await note({ name: 'code_issued', outcome: 'success', sub: subject, clientId: client.client_id });
  return redirect(response, next);
}

function redirect(response, location) {
  return response.writeHead(302, { location }).end();
}

const pages = { '/login': login, '/consent': consent };
const server = createServer(async (request, response) => {
  const { pathname, searchParams } = new URL(request.url ?? '', 'http://pages');
  try {
    await pages[pathname](request, response, searchParams);
  } catch (error) {
    response.writeHead(500).end(String(error));
  }
});
server.listen(Number(port), '127.0.0.1', () => console.log(`http://127.0.0.1:${port}`));
process.on('SIGTERM', () => {
  redis.disconnect();
  void close();
  void agent.close();
  server.close();
  server.closeAllConnections();
});
