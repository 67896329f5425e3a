import { afterEach, expect, it, vi } from 'vitest';
import { experiment } from '../experiment.ts';

const usage = 'Usage: npm run storm [-- options]\n';
const closed = vi.fn();
const storm = experiment({
  usage,
  options: { only: { type: 'string', multiple: true, default: ['wind', 'rain'] }, calm: { type: 'boolean' } },
  names: { only: ['wind', 'rain'] },
  async run({ only, calm = false }, closers) {
    closers.defer(closed);
    return calm || only.length === 2;
  },
});

afterEach(() => {
  vi.restoreAllMocks();
  closed.mockReset();
});

it.each([
  [[], 0],
  [['--only', 'wind'], 1],
  [['--only', 'wind', '--calm'], 0],
] as const)('with %j it closes what it opened and ends with %i', async (args, code) => {
  expect(await storm([...args])).toBe(code);
  expect(closed).toHaveBeenCalledOnce();
});

it('prints what it can do, and does nothing', async () => {
  const printed = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  expect(await storm(['--help'])).toBe(0);
  expect(printed).toHaveBeenCalledWith(usage);
  expect(closed).not.toHaveBeenCalled();
});

it('names what it does not have, and ends with 2', async () => {
  const printed = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  expect(await storm(['--only', 'snow', '--only', 'rain'])).toBe(2);
  expect(printed).toHaveBeenCalledWith(`There is no snow.\n${usage}`);
  expect(closed).not.toHaveBeenCalled();
});

it('refuses an option that it does not know, and what is no option', async () => {
  await expect(storm(['--hail'])).rejects.toThrow("Unknown option '--hail'");
  await expect(storm(['hail'])).rejects.toThrow("Unexpected argument 'hail'");
});
