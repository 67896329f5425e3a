/**
 * What pages are compared with: bare Fastify and Eta, and the HTML of our page, each of whose texts is a value of the template.
 * `/held` has the values in memory; `/asked` asks another service for them, as every page does that has no database. Its own process:
 * it is given what a browser asks for, as JSON, and the address of that other service, which is this program too.
 */
import { Eta } from 'eta';
import Fastify from 'fastify';
import { Agent } from 'undici';
import type { PagePlan } from './page-visitors.ts';

const [plan = '', valuesUrl = ''] = process.argv.slice(2);
const { url, headers } = JSON.parse(plan) as PagePlan;
const eta = new Eta({ cache: true });
const { template, values } = templateOf(await (await fetch(url, { headers })).text());
eta.loadTemplate('@page', template);

const agent = new Agent();
const app = Fastify({ logger: false });

app.get('/held', (_request, reply) =>
  reply.type('text/html; charset=utf-8').send(eta.render('@page', { values })),
);

app.get('/asked', async (_request, reply) => {
  const { body } = await agent.request({ origin: valuesUrl, path: '/', method: 'GET' });
  return reply.type('text/html; charset=utf-8').send(eta.render('@page', { values: await body.json() }));
});

/** The other service. */
app.get('/', async () => values);

/** What people read, and what links and fields hold. */
function templateOf(html: string) {
  const values: string[] = [];
  const placeholderOf = (value: string) => `<%= it.values[${values.push(value) - 1}] %>`;
  const template = html
    .replace(/(?<=>)[^<]*[^<\s][^<]*(?=<)/g, placeholderOf)
    .replace(/(?<= (?:href|value|id|name)=")[^"<]+(?=")/g, placeholderOf);
  return { template, values };
}

console.log(await app.listen({ host: '127.0.0.1', port: 0 }));
process.on('SIGTERM', () => void Promise.all([app.close(), agent.close()]));
