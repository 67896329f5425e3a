/** Chooses round steps for the axis of a chart. */

export interface Scale {
  /** The end of the axis upwards, a multiple of the step. */
  top: number;
  /** The end downwards, as a positive number; 0 where nothing is drawn below the line. */
  bottom: number;
  step: number;
}

const wantedSteps = 4;

/** `up` and `down`: the largest values on both sides of the line. */
export function scaleOf(up: number, down = 0, smallestStep = 0): Scale {
  const step = Math.max(roundStep((up + down) / wantedSteps), smallestStep);
  return {
    top: Math.max(1, Math.ceil(up / step - 1e-9)) * step,
    bottom: Math.ceil(down / step - 1e-9) * step,
    step,
  };
}

/** 1, 2 or 5 times a power of ten, not below the value. */
function roundStep(value: number): number {
  if (value <= 0) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  const factor = [1, 2, 5].find((one) => one * power >= value * (1 - 1e-9)) ?? 10;
  return factor * power;
}

/** From the top down to the bottom, that one negative. */
export function ticksOf({ top, bottom, step }: Scale): number[] {
  const count = Math.round((top + bottom) / step);
  return Array.from({ length: count + 1 }, (_, index) => Number((top - index * step).toPrecision(12)));
}
