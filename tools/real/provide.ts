/** Gets the real servers that slow commands need: finds each, installs it once, or says why it is done without. */
import { createProgress } from '../bootstrap/progress.mjs';

const progress = createProgress({ quiet: false });
const reportEveryMs = 20_000;

export interface Needed {
  name: string;
  find(): string | undefined;
  /** Why it cannot be had here. */
  whyNot(): string | undefined;
  /** Names the work of `install`, which is done once. */
  step: string;
  install(): Promise<string>;
}

/** `without`: what becomes of those who need it. Undefined where it cannot be had here. @throws Error where it could not be installed */
export async function provide(needed: Needed, without: string): Promise<string | undefined> {
  const found = needed.find();
  if (found !== undefined) {
    progress.note(`${needed.name}: ${found}`);
    return found;
  }
  const reason = needed.whyNot();
  if (reason === undefined) return progress.step(needed.step, needed.install);
  progress.note(`${reason}: ${without}`);
  return undefined;
}

/** A build takes minutes: it says now and then how far it is. */
export async function withNews(
  build: (onPackage: (count: number) => void) => Promise<string>,
): Promise<string> {
  let packages = 0;
  const timer = setInterval(() => progress.note(`${packages} packages compiled`), reportEveryMs);
  try {
    return await build((count) => {
      packages = count;
    });
  } finally {
    clearInterval(timer);
  }
}
