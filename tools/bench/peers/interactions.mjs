// The login page of the peer: one form, and the Configuration Server of the bench to ask about the password.
import { text } from 'node:stream/consumers';
import { createConfigServerClient } from '@gatehouse/config-server-client/client';
import { staticEndpoints } from '@gatehouse/config-server-client/discovery/static';

export function interactions(provider, configServerPort) {
  const backend = createConfigServerClient({
    endpoints: staticEndpoints([{ host: '127.0.0.1', port: configServerPort }]),
    applicationName: 'gatehouse',
    userName: 'gatehouse',
    password: 'demo-service-password',
  });

  return {
    async serve(request, response) {
      if (request.method === 'GET') {
        response.setHeader('content-type', 'text/html; charset=utf-8');
        return response.end(page(request.url));
      }
      const form = new URLSearchParams(await text(request));
      const userName = form.get('username') ?? '';
      const { userDbid } = await backend.authenticate({ userName, password: form.get('password') ?? '' });
      const [person] = await backend.readPersons({ dbid: userDbid });
      return provider.interactionFinished(request, response, {
        login: { accountId: person?.userName ?? userName },
      });
    },
    close: () => backend.close(),
  };
}

function page(action) {
  return `<!doctype html><html lang="en"><title>Sign in</title><form method="post" action="${action}">
<input name="username"><input name="password" type="password"><button>Sign in</button></form></html>`;
}
