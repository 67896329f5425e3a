/**
 * Reads single contact centres, so many a second and evenly: they do not wait for the answers before them. Its own process, so that
 * its work is not part of what another one measures meanwhile. Says how long the answers took when it is ended.
 */
import { Agent } from 'undici';
import { percentile, rounded } from '../samples.ts';
import { centerPath } from './center-path.ts';

export interface PacedReads {
  url: string;
  authorization: string;
  perSecond: number;
  contactCenters: number;
}

export interface PacedFigures {
  reads: number;
  p50Ms: number;
  p99Ms: number;
}

const connections = 64;
/** Until the connections are there and the code is compiled. */
const warmUpMs = 3_000;

const { url, authorization, perSecond, contactCenters } = JSON.parse(process.argv[2] ?? '') as PacedReads;
const { origin, pathname } = new URL(url);
const agent = new Agent({ connections });
const pathOf = centerPath(contactCenters);
let tookMs: number[] = [];

async function read(number: number): Promise<void> {
  const startedMs = performance.now();
  const { statusCode, body } = await agent.request({
    origin,
    path: `${pathname}${pathOf(number)}`,
    method: 'GET',
    headers: { authorization },
  });
  await body.dump();
  if (statusCode !== 200) throw new Error(`${url}: a read was answered ${statusCode}`);
  tookMs.push(performance.now() - startedMs);
}

const startMs = performance.now();
const underway = new Set<Promise<void>>();
let sent = 0;
const pacing = setInterval(() => {
  const dueReads = Math.floor(((performance.now() - startMs) / 1000) * perSecond);
  for (; sent < dueReads; sent += 1) {
    const one = read(sent).finally(() => underway.delete(one));
    underway.add(one);
  }
}, 1);

setTimeout(() => {
  tookMs = [];
  console.log('reading');
}, warmUpMs);
process.once('SIGTERM', async () => {
  clearInterval(pacing);
  await Promise.all(underway);
  if (tookMs.length === 0) throw new Error('no read was measured');
  const figures: PacedFigures = {
    reads: tookMs.length,
    p50Ms: rounded(percentile(tookMs, 0.5)),
    p99Ms: rounded(percentile(tookMs, 0.99)),
  };
  process.stdout.write(`${JSON.stringify(figures)}\n`, () => process.exit());
});
