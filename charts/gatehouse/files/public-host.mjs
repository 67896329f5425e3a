/** The public host of an evaluation: leads each path to its service, as docs/guides/reverse-proxy.md says, over whatever one port is forwarded. */
import { readFileSync } from 'node:fs';
import http from 'node:http';
import https from 'node:https';

const { AUTH_API, AUTH_UI, ENVIRONMENT_API, TLS_FOLDER, PORT = '8080' } = process.env;

/** The first that fits counts. The services refuse a path in a second spelling. */
const routes = [
  [/^\/auth\/v3\/ops(?:[/?]|$)/, undefined],
  [/^\/auth\/v3\//, AUTH_API],
  [/^\/\.well-known\/[a-z-]+\/auth\/v3(?:[/?]|$)/, AUTH_API],
  [/^\/(?:\.well-known\/oauth-protected-resource\/)?environment\/v3(?:[/?]|$)/, ENVIRONMENT_API],
  [/^\/(?:auth\/|\?|$)/, AUTH_UI],
];

/** Of one connection (RFC 9110 section 7.6.1), or about the caller: behind a forwarded port all callers have one address. */
const dropped =
  /^(?:connection|keep-alive|proxy-.*|te|trailer|transfer-encoding|upgrade|forwarded|x-forwarded-.*)$/;
const kept = (headers) => Object.fromEntries(Object.entries(headers).filter(([name]) => !dropped.test(name)));

// A kept connection may be closed by the service at the moment of the next request.
const agent = new http.Agent({ keepAlive: false });

function serve(request, response) {
  const service = routes.find(([paths]) => paths.test(request.url))?.[1];
  if (service === undefined)
    return response.writeHead(404).end('There is nothing at this path of the public host.\n');
  const options = { agent, method: request.method, path: request.url, headers: kept(request.headers) };
  const forwarded = http.request(service, options, (answer) => {
    response.writeHead(answer.statusCode, kept(answer.headers));
    answer.pipe(response);
    answer.on('error', () => response.destroy());
  });
  forwarded.on('error', () => {
    if (response.headersSent) response.destroy();
    else
      response.writeHead(503, { 'retry-after': '1' }).end('The service behind this path does not answer.\n');
  });
  response.on('close', () => forwarded.destroy());
  request.pipe(forwarded);
}

const file = (name) => readFileSync(`${TLS_FOLDER}/${name}`);
const server = TLS_FOLDER
  ? https.createServer({ cert: file('tls.crt'), key: file('tls.key') }, serve)
  : http.createServer(serve);
server.listen(Number(PORT), () => console.log(`The public host listens at port ${server.address().port}.`));
for (const signal of ['SIGINT', 'SIGTERM']) process.once(signal, () => server.close().closeAllConnections());
