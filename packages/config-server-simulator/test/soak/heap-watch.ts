/** The live heap over time: what is left after a collection, so that garbage does not look like a leak. */
import v8 from 'node:v8';
import vm from 'node:vm';

export interface HeapFigures {
  minMiB: number;
  maxMiB: number;
  /** Slope of the straight line through the second half of the samples: the first half fills caches and logs. */
  trendMiBPerMinute: number;
  samples: number;
}

interface Sample {
  atMs: number;
  heapMiB: number;
}

export function watchHeap(intervalMs: number): { stop(): HeapFigures } {
  v8.setFlagsFromString('--expose-gc');
  const collect = vm.runInNewContext('gc') as () => void;
  const samples: Sample[] = [];
  const take = () => {
    collect();
    samples.push({ atMs: performance.now(), heapMiB: process.memoryUsage().heapUsed / 1024 / 1024 });
  };
  take();
  const timer = setInterval(take, intervalMs);
  return {
    stop() {
      clearInterval(timer);
      take();
      const sizes = samples.map(({ heapMiB }) => heapMiB);
      return {
        minMiB: rounded(Math.min(...sizes)),
        maxMiB: rounded(Math.max(...sizes)),
        trendMiBPerMinute: rounded(slope(samples.slice(Math.floor(samples.length / 2))) * 60_000),
        samples: samples.length,
      };
    },
  };
}

/** Least squares, per millisecond. */
function slope(samples: readonly Sample[]): number {
  const meanOf = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
  const atMs = meanOf(samples.map((sample) => sample.atMs));
  const heapMiB = meanOf(samples.map((sample) => sample.heapMiB));
  let together = 0;
  let spread = 0;
  for (const sample of samples) {
    together += (sample.atMs - atMs) * (sample.heapMiB - heapMiB);
    spread += (sample.atMs - atMs) ** 2;
  }
  return spread === 0 ? 0 : together / spread;
}

function rounded(value: number): number {
  return Math.round(value * 100) / 100;
}
