/**
 * Draws charts as SVG: pure functions from numbers to markup. Colours are classes, because the content security policy allows
 * no styles in the markup. The plot is stretched to the width of the page; words are outside of it, so that they are not.
 */
import { type Scale, scaleOf, ticksOf } from './scale.ts';

export interface Words {
  /** Of this chart on its page. */
  id: string;
  /** For screen readers: what is drawn, and what it shows. */
  title: string;
  description: string;
  /** Writes a value of the axis. */
  label(value: number): string;
}

export interface Chart {
  plot: string;
  /** Beside the plot; for eyes alone. */
  axis: string;
}

const width = 600;
const height = 168;
/** Of the widest character, in the size of the labels. */
const characterWidth = 0.7;
/** Half a line of text, so that no label is cut. */
const edge = 9;

interface Columns {
  up: readonly number[];
  down: readonly number[];
}

/** One column for each step, with what went well above the line and what failed below it: told apart without colours. */
export function columnChart({ up, down }: Columns, words: Words): Chart {
  const scale = scaleOf(Math.max(0, ...up), Math.max(0, ...down));
  const y = placeIn(scale);
  const stepWidth = width / up.length;
  const column = (values: readonly number[], sign: 1 | -1) =>
    values
      .map((value, index) => {
        if (value === 0) return '';
        const to = y(sign * value);
        return `M${round(index * stepWidth + stepWidth * 0.15)} ${y(0)}V${to}h${round(stepWidth * 0.7)}V${y(0)}z`;
      })
      .join('');
  const shapes = [shape('chart-good', column(up, 1)), shape('chart-bad', column(down, -1))];
  return drawn(scale, shapes, words);
}

/** Lines of steps; nothing is drawn where there is no value. */
export function lineChart(
  lines: readonly { values: readonly (number | undefined)[]; kind: 'half' | 'most' }[],
  words: Words,
): Chart {
  const scale = scaleOf(Math.max(0, ...lines.flatMap(({ values }) => values.map((value = 0) => value))));
  const y = placeIn(scale);
  const shapes = lines.map(({ values, kind }) => {
    const stepWidth = width / values.length;
    const path = values.map((value, index) => {
      if (value === undefined) return '';
      const begins =
        values[index - 1] === undefined ? `M${round(index * stepWidth)} ${y(value)}` : `V${y(value)}`;
      return `${begins}H${round((index + 1) * stepWidth)}`;
    });
    return shape(`chart-${kind}`, path.join(''));
  });
  return drawn(scale, shapes, words);
}

/** A bar of a table: its share of the largest. The number stands beside it. */
export function shareBar(value: number, largest: number): string {
  const share = largest === 0 ? 0 : Math.max(1, Math.round((100 * value) / largest));
  return `<svg class="share" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true" focusable="false"><path class="chart-bad" d="M0 0h${share}v8H0z"/></svg>`;
}

function placeIn({ top, bottom }: Scale) {
  const perUnit = (height - 2 * edge) / (top + bottom);
  return (value: number) => round(edge + (top - value) * perUnit);
}

function drawn(scale: Scale, shapes: readonly string[], { id, title, description, label }: Words): Chart {
  const y = placeIn(scale);
  const ticks = ticksOf(scale);
  const grid = ticks.map((value) => `M0 ${y(value)}H${width}`).join('');
  const words = ticks.map((value) => label(Math.abs(value)));
  const labels = ticks.map(
    (value, index) => `<text x="100%" dx="-8" y="${y(value)}">${escaped(words[index] ?? '')}</text>`,
  );
  // Grows with the labels: in another language "100 ms" is longer.
  const axisWidth = round(Math.max(...words.map(({ length }) => length)) * characterWidth + 1);
  return {
    plot: `<svg class="plot" viewBox="0 0 ${width} ${height}" height="${height}" preserveAspectRatio="none" role="img" aria-labelledby="${id}-title ${id}-text" focusable="false"><title id="${id}-title">${escaped(title)}</title><desc id="${id}-text">${escaped(description)}</desc>${shape('chart-grid', grid)}${shapes.join('')}${shape('chart-line', `M0 ${y(0)}H${width}`)}</svg>`,
    axis: `<svg class="axis" width="${axisWidth}em" height="${height}" aria-hidden="true" focusable="false">${labels.join('')}</svg>`,
  };
}

function shape(kind: string, path: string): string {
  return path === '' ? '' : `<path class="${kind}" d="${path}"/>`;
}

const round = (value: number) => Math.round(value * 100) / 100;

const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

function escaped(text: string): string {
  return text.replace(/[&<>"]/g, (character) => entities[character] ?? '');
}
