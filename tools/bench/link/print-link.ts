/** The figures of the link for people. */
import { type LinkResult, linkAim, linkRowName } from './measure-link.ts';

export function printLink({ windows, reading, storm }: LinkResult): void {
  console.log(`${linkRowName}: logins over one connection, beside an echo of frames of the same sizes`);
  console.table(
    windows.map(({ window, perSecond, echoPerSecond, ratioToEcho, cpuUs, echoCpuUs, p50Ms, p99Ms }) => ({
      window,
      'per second': perSecond,
      'echo per second': echoPerSecond,
      'of echo': ratioToEcho,
      aim: linkAim,
      'CPU us': cpuUs,
      'echo CPU us': echoCpuUs,
      'p50 ms': p50Ms,
      'p99 ms': p99Ms,
    })),
  );
  console.log(
    `${reading.persons} persons read by paging: ${reading.tookMs} ms, ${reading.perSecond} a second\n` +
      `login storm: ${storm.people} people, ${storm.atOnce} at once: ${storm.tookMs} ms, ` +
      `${storm.perSecond} a second, p50 ${storm.p50Ms} ms, p99 ${storm.p99Ms} ms`,
  );
}
