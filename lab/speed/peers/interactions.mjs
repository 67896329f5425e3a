// The login pages of oidc-provider, in the process that needs them. They read the pending login for each page.
import { text } from 'node:stream/consumers';
import { createSignIn, page } from './sign-in.mjs';

export function interactions(provider, options) {
  const { signIn, note, close } = createSignIn(options);
  provider.on('authorization_code.saved', ({ accountId: sub, clientId }) => {
    void note({ name: 'code_issued', outcome: 'success', sub, clientId });
  });

  return {
    async serve(request, response) {
      const form =
        request.method === 'POST' ? new URLSearchParams(await text(request)) : new URLSearchParams();
      const userName = form.get('username') ?? '';
      const password = form.get('password');
      if (password === null) {
        const { params } = await provider.interactionDetails(request, response);
        const client = await provider.Client.find(params.client_id);
        response.setHeader('content-type', 'text/html; charset=utf-8');
        return response.end(page(request.url, client?.clientName ?? client?.clientId, userName));
      }
      const accountId = await signIn({ userName, password, clientAddress: request.socket.remoteAddress });
      return provider.interactionFinished(request, response, { login: { accountId } });
    },
    close,
  };
}
