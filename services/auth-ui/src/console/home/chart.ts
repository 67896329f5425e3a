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
  /** On its other side, of what is drawn below the line. */
  secondAxis?: string;
}

const width = 600;
const height = 168;
/** Of the widest character, in the size of the labels. */
const characterWidth = 0.7;
/** Half a line of text, so that no label is cut. */
const edge = 9;
/** Of what is drawn below the line. */
const failureHeight = 52;

interface Columns {
  up: readonly number[];
  down: readonly number[];
}

/**
 * One column for each step, with what went well above the line and what failed below it: told apart without colours. Failures
 * have a scale of their own, so that a few of them are seen below a thousand successes.
 */
export function columnChart({ up, down }: Columns, words: Words): Chart {
  const line = down.some((value) => value > 0) ? height - edge - failureHeight : height - edge;
  const above: Placed = { scale: scaleOf(Math.max(0, ...up)), from: edge, to: line };
  const below: Placed = { scale: scaleOf(Math.max(0, ...down), 2), from: height - edge, to: line };
  const stepWidth = width / up.length;
  const column = (values: readonly number[], placed: Placed) => {
    const y = placeIn(placed);
    return values
      .map((value, index) => {
        if (value === 0) return '';
        return `M${round(index * stepWidth + stepWidth * 0.15)} ${line}V${y(value)}h${round(stepWidth * 0.7)}V${line}z`;
      })
      .join('');
  };
  const shapes = [shape('chart-good', column(up, above)), shape('chart-bad', column(down, below))];
  const chart = drawn(above, shapes, words);
  return below.to === height - edge ? chart : { ...chart, secondAxis: axisOf(below, words, 'start') };
}

/** Lines of steps; nothing is drawn where there is no value. */
export function lineChart(
  lines: readonly { values: readonly (number | undefined)[]; kind: 'half' | 'most' }[],
  words: Words,
): Chart {
  const scale = scaleOf(Math.max(0, ...lines.flatMap(({ values }) => values.map((value = 0) => value))));
  const placed: Placed = { scale, from: edge, to: height - edge };
  const y = placeIn(placed);
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
  return drawn(placed, shapes, words);
}

/** A bar of a table: its share of the largest. The number stands beside it. */
export function shareBar(value: number, largest: number): string {
  const share = largest === 0 ? 0 : Math.max(1, Math.round((100 * value) / largest));
  return `<svg class="share" viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true" focusable="false"><path class="chart-bad" d="M0 0h${share}v8H0z"/></svg>`;
}

/** A scale between two heights of the plot: its top at `from`, 0 at `to`. */
interface Placed {
  scale: Scale;
  from: number;
  to: number;
}

function placeIn({ scale, from, to }: Placed) {
  return (value: number) => round(to + ((from - to) * value) / scale.top);
}

function drawn(placed: Placed, shapes: readonly string[], words: Words): Chart {
  const { id, title, description } = words;
  const y = placeIn(placed);
  const grid = ticksOf(placed.scale)
    .map((value) => `M0 ${y(value)}H${width}`)
    .join('');
  return {
    plot: `<svg class="plot" viewBox="0 0 ${width} ${height}" height="${height}" preserveAspectRatio="none" role="img" aria-labelledby="${id}-title ${id}-text" focusable="false"><title id="${id}-title">${escaped(title)}</title><desc id="${id}-text">${escaped(description)}</desc>${shape('chart-grid', grid)}${shapes.join('')}${shape('chart-line', `M0 ${placed.to}H${width}`)}</svg>`,
    axis: axisOf(placed, words, 'end'),
  };
}

/** `side`: where the words of the axis are aligned, towards the plot. */
function axisOf(placed: Placed, { label }: Words, side: 'start' | 'end'): string {
  const y = placeIn(placed);
  // The other axis of the line has its 0.
  const ticks = ticksOf(placed.scale).filter((value) => side === 'end' || value > 0);
  const words = ticks.map(label);
  const place = side === 'end' ? 'x="100%" dx="-8"' : 'x="0" dx="8" class="axis-second"';
  const labels = ticks.map(
    (value, index) => `<text ${place} y="${y(value)}">${escaped(words[index] ?? '')}</text>`,
  );
  // Grows with the labels: in another language "100 ms" is longer.
  const axisWidth = round(Math.max(...words.map(({ length }) => length)) * characterWidth + 1);
  return `<svg class="axis" width="${axisWidth}em" height="${height}" aria-hidden="true" focusable="false">${labels.join('')}</svg>`;
}

function shape(kind: string, path: string): string {
  return path === '' ? '' : `<path class="${kind}" d="${path}"/>`;
}

const round = (value: number) => Math.round(value * 100) / 100;

const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

function escaped(text: string): string {
  return text.replace(/[&<>"]/g, (character) => entities[character] ?? '');
}
