/** What pages are compared with: bare Fastify and Eta, pages as large as ours without the product. Its own process. */
import { fileURLToPath } from 'node:url';
import { Eta } from 'eta';
import Fastify from 'fastify';

const eta = new Eta({ views: fileURLToPath(new URL('views/', import.meta.url)), cache: true });
const app = Fastify({ logger: false });

/** As large as the first page of the sign-in. */
app.get('/form', async (_request, reply) => {
  const html = eta.render('./form', { title: 'Sign in', fields, padding: 'x'.repeat(7_000) });
  return reply.type('text/html; charset=utf-8').send(html);
});

/** As large as a list of the console with twenty rows. */
app.get('/list', async (_request, reply) => {
  const html = eta.render('./list', { title: 'Locations', rows, padding: 'x'.repeat(6_000) });
  return reply.type('text/html; charset=utf-8').send(html);
});

const fields = [
  { name: 'username', label: 'User name', value: '' },
  { name: 'tenant', label: 'Tenant', value: '' },
];
const rows = Array.from({ length: 20 }, (_, index) => ({ name: `/BENCH/DC${index}`, from: 'Declared' }));

console.log(await app.listen({ host: '127.0.0.1', port: 0 }));
process.on('SIGTERM', () => void app.close());
