/** Imitates a DNS server: answers an SRV question as the test decides, or not at all. */
import { createSocket } from 'node:dgram';

export interface Srv {
  target: string;
  port: number;
  priority?: number;
  weight?: number;
}

export type Answer = readonly Srv[] | 'no-such-name' | 'server-failure' | 'silence';

export interface NameServerStandIn {
  /** `address:port`, as the resolver takes it. */
  readonly address: string;
  answer: Answer;
  readonly questions: number;
  close(): Promise<void>;
}

const responseCodes = { 'no-such-name': 3, 'server-failure': 2 } as const;

export async function startNameServerStandIn(first: Answer): Promise<NameServerStandIn> {
  const socket = createSocket('udp4');
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
  let questions = 0;
  const standIn: NameServerStandIn = {
    address: `127.0.0.1:${socket.address().port}`,
    answer: first,
    get questions() {
      return questions;
    },
    close: () => new Promise((resolve) => socket.close(() => resolve())),
  };
  socket.on('message', (question, from) => {
    questions += 1;
    if (standIn.answer !== 'silence')
      socket.send(response(question, standIn.answer), from.port, from.address);
  });
  return standIn;
}

/** RFC 1035 section 4: the question comes back, then one record after the other. */
function response(question: Buffer, answer: Exclude<Answer, 'silence'>): Buffer {
  const records = typeof answer === 'string' ? [] : answer;
  const code = typeof answer === 'string' ? responseCodes[answer] : 0;
  const header = Buffer.alloc(12);
  header.writeUInt16BE(question.readUInt16BE(0), 0);
  header.writeUInt16BE(0x8180 | code, 2);
  header.writeUInt16BE(1, 4);
  header.writeUInt16BE(records.length, 6);
  // Name, type and class; what may follow them in the query (EDNS) is left out.
  const asked = question.subarray(12, question.indexOf(0, 12) + 5);
  return Buffer.concat([header, asked, ...records.map(srvRecord)]);
}

function srvRecord({ target, port, priority = 0, weight = 0 }: Srv): Buffer {
  const name = Buffer.concat([
    ...target.split('.').flatMap((label) => [Buffer.from([label.length]), Buffer.from(label)]),
    Buffer.from([0]),
  ]);
  const fixed = Buffer.alloc(18);
  fixed.writeUInt16BE(0xc00c, 0); // the name that was asked for
  fixed.writeUInt16BE(33, 2); // SRV
  fixed.writeUInt16BE(1, 4); // IN
  fixed.writeUInt32BE(0, 6);
  fixed.writeUInt16BE(6 + name.length, 10);
  fixed.writeUInt16BE(priority, 12);
  fixed.writeUInt16BE(weight, 14);
  fixed.writeUInt16BE(port, 16);
  return Buffer.concat([fixed, name]);
}
