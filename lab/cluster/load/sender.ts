/** The process of the load: runs in the network of the node, sends until it is told to end, and writes down every request. */
import { createCalls } from '../../harness/calls.ts';
import { startLoad } from '../../harness/load.ts';
import { createRecord } from '../../harness/record.ts';
import { type Addresses, createServiceHttp } from '../../harness/service-http.ts';
import { createPeopleCalls } from './people.ts';
import { prepare, preparePeople } from './prepare.ts';

export interface SenderPlan {
  addresses: Addresses;
  operator: { username: string; password: string };
  configServer: { address: string; port: number };
  perSecond: number;
  /** The public URL of the services, where people and a program that provisions them are part of the load. */
  publicUrl?: string;
}

const { addresses, configServer, publicUrl, ...target } = JSON.parse(process.argv[2] ?? '') as SenderPlan;
/** Of pods of two releases both must be asked. */
const keptFor = publicUrl === undefined ? Infinity : 500;
const http = createServiceHttp(addresses, { keptFor });
const { operator } = target;
const contactCenterId = await prepare({ http, operator, configServer });
const record = createRecord();
const calls = await createCalls({ ...target, http, contactCenterId }, record);
if (publicUrl !== undefined) {
  const people = await preparePeople({ http, operator, configServer });
  calls.push(...createPeopleCalls({ http, addresses, publicUrl, people }));
}
const load = startLoad(calls, record);

/** By the clock of the machine, which the run reads too. */
function write(): void {
  for (const { startedMs, endedMs, ...sent } of record.sent.splice(0)) {
    const times = {
      startedMs: startedMs + performance.timeOrigin,
      endedMs: endedMs + performance.timeOrigin,
    };
    process.stdout.write(`${JSON.stringify({ ...sent, ...times })}\n`);
  }
}

const writing = setInterval(write, 50);
process.once('SIGTERM', async () => {
  await load.stop();
  clearInterval(writing);
  write();
});
