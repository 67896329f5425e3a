/** A name server on UDP (RFC 1035) that answers, fails, lies or is silent as the test decides. */
import { createSocket } from 'node:dgram';

/** Addresses (IPv4 or IPv6), or another way to answer. */
export type NameAnswer =
  | readonly string[]
  | 'no-such-name'
  | 'server-failure'
  | 'refused'
  | 'empty'
  | 'garbage'
  | 'another-question'
  | 'another-id'
  | 'alias-of-itself'
  | 'truncated'
  | 'silence';

const codes: Partial<Record<Extract<NameAnswer, string>, number>> = {
  'server-failure': 2,
  'no-such-name': 3,
  refused: 5,
};
const types = { a: 1, alias: 5, aaaa: 28 };

export async function startNameServer(address: string) {
  /** Of each name; the last answer stays. */
  const answers = new Map<string, NameAnswer[]>();
  const asked: string[] = [];
  const socket = createSocket('udp4');
  await new Promise<void>((resolve) => socket.bind(53, address, resolve));
  socket.on('message', (question, from) => {
    const { name, type } = readQuestion(question);
    if (type === types.a) asked.push(name);
    const known = answers.get(name) ?? [];
    const answer = (type === types.a && known.length > 1 ? known.shift() : known[0]) ?? 'no-such-name';
    if (answer !== 'silence') socket.send(responseTo(question, type, answer), from.port, from.address);
  });
  return {
    asked,
    set: (name: string, ...next: NameAnswer[]) => void answers.set(name, next),
    close: () => socket.close(),
  };
}

function readQuestion(question: Buffer): { name: string; type: number } {
  const labels: string[] = [];
  let at = 12;
  for (let length = question[at] ?? 0; length > 0; length = question[at] ?? 0) {
    labels.push(question.toString('latin1', at + 1, at + 1 + length));
    at += 1 + length;
  }
  return { name: labels.join('.').toLowerCase(), type: question.readUInt16BE(at + 1) };
}

function responseTo(question: Buffer, type: number, answer: Exclude<NameAnswer, 'silence'>): Buffer {
  if (answer === 'garbage') return Buffer.alloc(64, 0xff);
  const records = typeof answer === 'string' ? [] : answer.flatMap((text) => addressRecord(text, type));
  if (answer === 'alias-of-itself') records.push(record(types.alias, Buffer.of(0xc0, 12)));
  const header = Buffer.alloc(12);
  header.writeUInt16BE(question.readUInt16BE(0) ^ (answer === 'another-id' ? 1 : 0), 0);
  const truncated = answer === 'truncated' ? 0x0200 : 0;
  header.writeUInt16BE(0x8180 | truncated | (typeof answer === 'string' ? (codes[answer] ?? 0) : 0), 2);
  header.writeUInt16BE(1, 4);
  header.writeUInt16BE(records.length, 6);
  const asked = Buffer.from(question.subarray(12, question.indexOf(0, 12) + 5));
  if (answer === 'another-question') asked[1] = asked[1] === 0x78 ? 0x79 : 0x78;
  return Buffer.concat([header, asked, ...records]);
}

function addressRecord(text: string, type: number): Buffer[] {
  const isIpv6 = text.includes(':');
  if (type !== (isIpv6 ? types.aaaa : types.a)) return [];
  return [record(type, isIpv6 ? ipv6(text) : Buffer.from(text.split('.').map(Number)))];
}

/** Nobody may keep it: its time to live is zero. */
function record(type: number, data: Buffer): Buffer {
  const head = Buffer.alloc(12);
  head.writeUInt16BE(0xc00c, 0);
  head.writeUInt16BE(type, 2);
  head.writeUInt16BE(1, 4);
  head.writeUInt16BE(data.length, 10);
  return Buffer.concat([head, data]);
}

function ipv6(text: string): Buffer {
  const plain = text.replace(/(\d+)\.(\d+)\.(\d+)\.(\d+)$/, (_all, a, b, c, d) =>
    [(Number(a) << 8) | Number(b), (Number(c) << 8) | Number(d)].map((part) => part.toString(16)).join(':'),
  );
  const [left = '', right] = plain.split('::');
  const parts = (side: string | undefined) => (side ? side.split(':') : []);
  const missing = 8 - parts(left).length - parts(right).length;
  const all = [
    ...parts(left),
    ...Array<string>(right === undefined ? 0 : missing).fill('0'),
    ...parts(right),
  ];
  const bytes = Buffer.alloc(16);
  for (const [index, part] of all.entries()) bytes.writeUInt16BE(Number.parseInt(part, 16), index * 2);
  return bytes;
}
