/** Draws who exchanges whose tokens for which audience: three columns, and a line for each right. */
import type { ClientExchanges } from '@gatehouse/contracts/auth-administration';

type Exchanges = Pick<ClientExchanges, 'client_id' | 'rights' | 'clients'>;

interface Node {
  x: number;
  y: number;
  label: string;
  isSelf: boolean;
}

/** The template draws this. All numbers are units of the picture. */
export interface Graph {
  label: string;
  width: number;
  height: number;
  box: { width: number; height: number };
  columns: { x: number; label: string }[];
  nodes: Node[];
  lines: { path: string; isInForce: boolean }[];
}

const width = 760;
const box = { width: 200, height: 36 };
const rowHeight = 52;
const headHeight = 36;
const xs = [0, (width - box.width) / 2, width - box.width] as const;
/** More boxes in a column show nothing: the table says the same. */
const maxBoxes = 24;
const maxLetters = 24;

type Labels = Record<'graph' | 'subjects' | 'requesters' | 'audiences', string>;

/** Undefined: there is nothing to draw, or too much. */
export function exchangeGraph({ client_id, rights, clients }: Exchanges, labels: Labels): Graph | undefined {
  const names = new Map(clients.map((client) => [client.client_id, client.name ?? client.client_id]));
  const columns = [
    unique(rights.flatMap(({ subjects }) => subjects)),
    unique(rights.map(({ requester }) => requester)),
    unique(rights.flatMap(({ audiences }) => audiences)),
  ] as const;
  const most = Math.max(...columns.map(({ length }) => length));
  if (rights.length === 0 || most > maxBoxes) return undefined;
  const height = headHeight + most * rowHeight;
  // Each column stands in the middle of the picture.
  const placed = columns.map((ids) => {
    const top = headHeight + ((most - ids.length) * rowHeight) / 2;
    return new Map(ids.map((id, row) => [id, top + row * rowHeight + (rowHeight - box.height) / 2]));
  });
  const heightOf = (column: number, id: string) => (placed[column]?.get(id) ?? 0) + box.height / 2;
  return {
    label: labels.graph,
    width,
    height,
    box,
    columns: [labels.subjects, labels.requesters, labels.audiences].map((label, column) => ({
      x: (xs[column] ?? 0) + box.width / 2,
      label,
    })),
    nodes: placed.flatMap((ids, column) =>
      [...ids].map(([id, y]) => ({
        x: xs[column] ?? 0,
        y,
        label: cut(names.get(id) ?? id),
        isSelf: id === client_id,
      })),
    ),
    lines: rights.flatMap(({ requester, subjects, audiences, isInForce }) => [
      ...subjects.map((id) => ({ path: curve(0, heightOf(0, id), heightOf(1, requester)), isInForce })),
      ...audiences.map((id) => ({ path: curve(1, heightOf(1, requester), heightOf(2, id)), isInForce })),
    ]),
  };
}

/** From the right side of a box to the left side of one in the next column. */
function curve(column: 0 | 1, from: number, to: number): string {
  const start = xs[column] + box.width;
  const end = (xs[column + 1] ?? width) - arrow;
  const middle = (start + end) / 2;
  return `M${start} ${from}C${middle} ${from} ${middle} ${to} ${end} ${to}`;
}
const arrow = 7;

const unique = (ids: readonly string[]) => [...new Set(ids)];

function cut(label: string): string {
  const letters = [...label];
  return letters.length > maxLetters ? `${letters.slice(0, maxLetters - 1).join('')}…` : label;
}
