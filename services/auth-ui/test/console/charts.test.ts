import { describe, expect, it } from 'vitest';
import { columnChart, lineChart, shareBar } from '../../src/console/home/chart.ts';
import { scaleOf, ticksOf } from '../../src/console/home/scale.ts';

const words = { id: 'c', title: 'Title', description: 'What it shows', label: String };
/** The path of a class. */
const pathOf = (svg: string, kind: string) => new RegExp(`class="${kind}" d="([^"]+)"`).exec(svg)?.[1];

describe('the axis of a chart', () => {
  it.each([
    [0, [1, 0]],
    [3, [3, 2, 1, 0]],
    [47, [60, 40, 20, 0]],
    [0.3, [0.3, 0.2, 0.1, 0]],
    [1234, [1500, 1000, 500, 0]],
  ])('up to %d has round steps', (largest, ticks) => {
    expect(ticksOf(scaleOf(largest))).toEqual(ticks);
  });
});

describe('a chart of columns', () => {
  it('stands on the line what succeeded and hangs from it what failed, and draws no empty step', () => {
    const { plot } = columnChart({ up: [10, 0, 5], down: [0, 5, 0] }, words);
    expect(pathOf(plot, 'chart-good')?.match(/M/g)).toHaveLength(2);
    expect(pathOf(plot, 'chart-bad')?.match(/M/g)).toHaveLength(1);
    const line = Number(/M0 ([\d.]+)H/.exec(pathOf(plot, 'chart-line') ?? '')?.[1]);
    const ends = (kind: string) =>
      [...(pathOf(plot, kind) ?? '').matchAll(/V([\d.]+)h/g)].map(([, y]) => Number(y));
    for (const y of ends('chart-good')) expect(y).toBeLessThan(line);
    for (const y of ends('chart-bad')) expect(y).toBeGreaterThan(line);
  });

  it('shows few failures below many successes, on an axis of their own', () => {
    const { plot, axis, secondAxis = '' } = columnChart({ up: [1000, 900], down: [0, 3] }, words);
    const [, to] = /V([\d.]+)h/.exec(pathOf(plot, 'chart-bad') ?? '') ?? [];
    const line = Number(/M0 ([\d.]+)H/.exec(pathOf(plot, 'chart-line') ?? '')?.[1]);
    expect(Number(to) - line).toBeGreaterThan(30);
    const labels = (svg: string) => [...svg.matchAll(/>(\d+)</g)].map(([, label]) => label);
    expect(labels(axis)).toEqual(['1000', '500', '0']);
    expect(labels(secondAxis)).toEqual(['4', '2']);
    expect(columnChart({ up: [1000], down: [0] }, words).secondAxis).toBeUndefined();
  });

  it('says in words what it shows, and lets no text become markup', () => {
    const { plot, axis } = columnChart(
      { up: [1], down: [0] },
      { ...words, title: '<b>&"', description: '</desc><script>', label: () => '<i>' },
    );
    expect(plot).toContain('role="img" aria-labelledby="c-title c-text"');
    expect(plot).toContain('<title id="c-title">&lt;b&gt;&amp;&quot;</title>');
    expect(plot).not.toContain('<script>');
    expect(axis).not.toContain('<i>');
    expect(plot + axis).not.toContain('style=');
  });

  it('is as wide as its longest label', () => {
    const widthOf = (text: string) =>
      Number(
        /width="([\d.]+)em"/.exec(
          columnChart({ up: [1], down: [0] }, { ...words, label: () => text }).axis,
        )?.[1],
      );
    expect(widthOf('100 milliseconds')).toBeGreaterThan(widthOf('100 ms'));
  });

  it('is drawn without a number, too', () => {
    const { plot } = columnChart({ up: [0, 0], down: [0, 0] }, words);
    expect(plot).not.toMatch(/NaN|Infinity|undefined/);
    expect(pathOf(plot, 'chart-good')).toBeUndefined();
  });
});

describe('a chart of lines', () => {
  it('has a gap where nobody signed in', () => {
    const { plot } = lineChart([{ values: [10, 20, undefined, 30], kind: 'half' }], words);
    expect(pathOf(plot, 'chart-half')?.match(/M/g)).toHaveLength(2);
    expect(plot).not.toMatch(/NaN|undefined/);
  });
});

it('a bar is never so short that it cannot be seen', () => {
  expect(shareBar(1, 1_000_000)).toContain('h1v8');
  expect(shareBar(50, 100)).toContain('h50v8');
});
