/** Chooses round steps for the axis of a chart. */

export interface Scale {
  /** The end of the axis, a multiple of the step. */
  top: number;
  step: number;
}

/** `largest`: the value that the axis has to reach, in about as many steps as wanted. */
export function scaleOf(largest: number, wantedSteps = 4): Scale {
  const step = roundStep(largest / wantedSteps);
  return { top: Math.max(1, Math.ceil(largest / step - 1e-9)) * step, step };
}

/** 1, 2 or 5 times a power of ten, not below the value. */
function roundStep(value: number): number {
  if (value <= 0) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  const factor = [1, 2, 5].find((one) => one * power >= value * (1 - 1e-9)) ?? 10;
  return factor * power;
}

/** From the top down to 0. */
export function ticksOf({ top, step }: Scale): number[] {
  const count = Math.round(top / step);
  return Array.from({ length: count + 1 }, (_, index) => Number((top - index * step).toPrecision(12)));
}
