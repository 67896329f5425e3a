/** Writes the measured part of docs/explain/performance.md: facts of the machine, ratios, absolute figures. */
import { markdownTable } from '../../../tools/markdown-table.ts';
import { type Figure, formPost, loginRowName, ours } from './figure.ts';

export interface Results {
  /** Facts about the run and the machine, in the order of the page. */
  facts: readonly (readonly [string, string])[];
  /** Servers in the order of the columns; ours last. */
  servers: readonly { name: string; version: string }[];
  /** Peers that were not measured, or not in one row, and why. */
  leftOut: readonly string[];
  figures: readonly Figure[];
  residentMiB: readonly (readonly [string, number])[];
}

const begin = '<!-- measured: npm run bench:peers writes what follows -->';
const end = '<!-- measured: end -->';

/** How the rows of the benchmark are called on the page. */
const titles: Record<string, string> = {
  client_credentials_opaque: 'client credentials, opaque token',
  client_credentials_rs256: 'client credentials, JWT in RS256',
  client_credentials_es256: 'client credentials, JWT in ES256',
  introspect: 'introspection',
  refresh: 'refresh with rotation',
  [loginRowName]: 'whole login with code and ID token',
};

/** @throws Error when the page has lost its markers */
export function withResults(page: string, results: Results): string {
  const [before, rest] = page.split(begin);
  const [, after] = rest?.split(end) ?? [];
  if (before === undefined || after === undefined)
    throw new Error('docs/explain/performance.md has lost its markers');
  return `${before}${begin}\n\n${measuredPart(results)}\n${end}${after}`;
}

export function measuredPart(results: Results): string {
  const rows = [...new Set(results.figures.map(({ row }) => row))];
  const hints = results.figures.some(({ isHint }) => isHint)
    ? '\n`~`: other processes disturbed every round of it, so it is a hint.\n'
    : '';
  return `${results.leftOut.map((peer) => `Left out: ${peer}.\n\n`).join('')}### Ratios

The requests per second of Gatehouse divided by those of the peer, on the same core. In brackets: the CPU time of one request at the peer divided by that at Gatehouse. A
login is compared by CPU time alone, because the browser that is played bounds how many there are in a second.

${ratios(results, rows)}
${hints}
### Absolute figures

${absolute(results, rows)}
### Memory after all of it

${markdownTable(
  ['server', 'resident MiB'],
  results.residentMiB.map(([name, mib]) => [name, String(mib)]),
)}

### Machine and run

${markdownTable(['', ''], results.facts)}
`;
}

function ratios({ servers, figures }: Results, rows: readonly string[]): string {
  const peers = servers.filter(({ name }) => name !== ours);
  const lines = rows.map((row) => {
    const our = figureOf(figures, row, ours);
    const bare = figureOf(figures, row, formPost);
    const cells = peers.map(({ name }) => ratioTo(figureOf(figures, row, name), our));
    const ofForm = !our || !bare ? '–' : (our.perSecond / bare.perSecond).toFixed(2);
    return [titles[row] ?? row, ...cells, ofForm];
  });
  const head = peers.map(({ name, version }) => `to ${name} ${version}`);
  return `${markdownTable(['work', ...head, 'of a bare form post'], lines)}\n`;
}

function ratioTo(peer: Figure | undefined, our: Figure | undefined): string {
  if (!peer || !our) return '–';
  const mark = peer.isHint || our.isHint ? '~' : '';
  const byCpu = times(peer.cpuUs / our.cpuUs);
  return (
    mark + (peer.row === loginRowName ? `(${byCpu})` : `${times(our.perSecond / peer.perSecond)} (${byCpu})`)
  );
}

function absolute({ servers, figures }: Results, rows: readonly string[]): string {
  const names = [formPost, ...servers.map(({ name }) => name)];
  const lines = rows.flatMap((row) =>
    names.flatMap((name) => {
      const figure = figureOf(figures, row, name);
      if (figure === undefined) return [];
      const { perSecond, cpuUs, p50Ms, p99Ms, isHint } = figure;
      const cells = [
        rounded(perSecond),
        name === formPost ? '' : rounded(cpuUs),
        rounded(p50Ms),
        rounded(p99Ms),
      ];
      return [[titles[row] ?? row, name, (isHint ? '~' : '') + cells[0], ...cells.slice(1)]];
    }),
  );
  const head = ['work', 'server', 'per second', 'CPU µs of one', 'p50 ms', 'p99 ms'];
  return `${markdownTable(head, lines)}\n`;
}

function figureOf(figures: readonly Figure[], row: string, server: string): Figure | undefined {
  return figures.find((figure) => figure.row === row && figure.server === server);
}

function times(ratio: number): string {
  return `${ratio < 10 ? ratio.toFixed(1) : Math.round(ratio)}×`;
}

function rounded(value: number): string {
  const text = value < 10 ? value.toFixed(1) : String(Math.round(value));
  return text.replace(/\B(?=(\d{3})+$)/g, ' ');
}
