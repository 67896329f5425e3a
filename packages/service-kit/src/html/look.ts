/** Holds logo, picture and style of self-contained pages, in the colours of the sign-in pages. */

export const logo = `<svg class="logo" viewBox="0 0 48 48" aria-hidden="true"><path class="lamp" d="M19 42V31a5 5 0 0 1 10 0v11z"/><path class="bright" d="M4 42V8h4.5v4h3V8H16v12h5.5v-3.5h5V20H32V8h4.5v4h3V8H44v34H29V31a5 5 0 0 0-10 0v11z"/></svg>`;

const doorway = 'M268 700V578a52 52 0 0 1 104 0v122z';
const lightInside = `<path class="lamp" d="${doorway}"/>`;
const portcullis = `<path class="door" d="${doorway}"/>
<path class="bars" d="M268 572h104M268 604h104M268 636h104M268 668h104M285 540v160m17-174v174m18-176v176m18-174v174m17-160v160"/>`;

/** The picture of the sign-in pages; on error pages its portcullis is down. */
export const gate = (isOpen: boolean) => `<svg class="gate" viewBox="100 320 440 400" aria-hidden="true">
<path class="far" d="M-8000 626H8000v74H-8000z"/><path class="merlons" d="M-8000 619H8000"/>
<path class="wall" d="M140 700V392h28v22h16v-22h28v22h16v-22h28v100h16v-20h26v20h9v-20h26v20h9v-20h26v20h16V392h28v22h16v-22h28v22h16v-22h28v308z"/>
${isOpen ? lightInside : portcullis}
<path class="arch" d="M262 700V578a58 58 0 0 1 116 0v122"/>
<path class="lamp" d="M193 470a5 5 0 0 1 10 0v22h-10z"/><path class="lamp" d="M437 470a5 5 0 0 1 10 0v22h-10z"/>
<path class="ground" d="M-8000 700H8000v200H-8000z"/></svg>`;

export const style = `
:root { color-scheme: light dark; --page: #f7f5f0; --ink: #16211e; --ink-soft: #4d5b57; --hairline: #e0dcd1;
  --brand: #135848; --brand-strong: #0c4235; --on-brand: #ffffff; --focus: #a8570b;
  --scene-sky: #12483c; --scene-sky-high: #0a2f28; --scene-wall: #071f1a; --scene-wall-lit: #0c2b24;
  --scene-ground: #051612; --scene-ink: #f5f1e6; --lamp: #f4b640; }
@media (prefers-color-scheme: dark) { :root { --page: #0e1514; --ink: #edeae2; --ink-soft: #a8b6b1; --hairline: #25302d;
  --brand: #6bcdb0; --brand-strong: #8adcc4; --on-brand: #04211a; --focus: #f4b640;
  --scene-sky: #0d3a30; --scene-sky-high: #071f1a; --scene-wall: #041310; --scene-wall-lit: #082019; --scene-ground: #020b09; } }
* { box-sizing: border-box; }
body { margin: 0; min-height: 100vh; background: var(--page); color: var(--ink);
  font: 400 1rem/1.5 "Segoe UI Variable Text", "Segoe UI", system-ui, -apple-system, "Helvetica Neue", "Liberation Sans", Arial, sans-serif; }
h1, p { margin: 0; }
header { position: relative; overflow: hidden; height: 9.5rem; background: linear-gradient(var(--scene-sky-high), var(--scene-sky)); color: var(--scene-ink); }
.wordmark { position: relative; z-index: 1; display: flex; align-items: center; gap: .75rem; padding: 1.25rem 1.5rem; font-size: 1.125rem; font-weight: 650; letter-spacing: .01em; }
.logo { width: 2rem; height: 2rem; }
.plate { display: flex; padding: .25rem .5rem; border-radius: .5rem; background: #ffffff; } .plate img { width: auto; max-width: 8rem; height: 2rem; object-fit: contain; }
.bright { fill: var(--scene-ink); } .lamp { fill: var(--lamp); }
.gate { position: absolute; inset-inline-end: -.5rem; bottom: -.25rem; width: 9.5rem; height: 9rem; overflow: visible; }
.far { fill: var(--scene-wall-lit); } .merlons { fill: none; stroke: var(--scene-wall-lit); stroke-width: 15; stroke-dasharray: 22 18; }
.wall { fill: var(--scene-wall); } .door { fill: var(--scene-ground); } .ground { fill: var(--scene-ground); }
.bars, .arch { fill: none; stroke: var(--scene-sky); stroke-width: 4; } .arch { stroke: var(--scene-wall-lit); stroke-width: 12; }
main { max-width: 33rem; margin: 0 auto; padding: 2.5rem 1.5rem 3rem; }
.status { color: var(--ink-soft); font-size: .875rem; font-variant-numeric: tabular-nums; letter-spacing: .06em; }
h1 { margin-top: .25rem; font-size: 1.75rem; font-weight: 650; line-height: 1.2; letter-spacing: -.015em; text-wrap: pretty; }
:lang(ar) h1 { letter-spacing: normal; }
:lang(ko) { word-break: keep-all; }
.detail { margin-top: .75rem; font-size: .875rem; overflow-wrap: anywhere; text-align: start; }
.text { margin-top: .75rem; color: var(--ink-soft); font-size: 1.0625rem; text-wrap: pretty; }
a, button { display: inline-flex; align-items: center; min-height: 3rem; margin-top: 1.5rem; padding: .5rem 1.5rem; border: 1px solid transparent; border-radius: .5rem;
  background: var(--brand); color: var(--on-brand); font: inherit; font-weight: 650; text-decoration: none; cursor: pointer; }
a:hover, button:hover { background: var(--brand-strong); }
nav { display: flex; flex-wrap: wrap; gap: 0 1.25rem; margin-top: 1.5rem; }
nav a, nav a:hover { min-height: 2.5rem; margin: 0; padding: 0; border: 0; background: none; color: var(--brand); font-size: .875rem; text-decoration: underline; text-underline-offset: .2em; }
:focus-visible { outline: 3px solid var(--focus); outline-offset: 2px; }
.correlation { margin-top: 2rem; padding-top: 1rem; border-top: 1px solid var(--hairline); color: var(--ink-soft); font-size: .875rem; overflow-wrap: anywhere; }
code { direction: ltr; unicode-bidi: isolate; font: .9375em ui-monospace, "Liberation Mono", monospace; }
@media (min-width: 60rem) { header { height: 17rem; } .wordmark { padding: 2rem 3rem; font-size: 1.25rem; } .logo { width: 2.5rem; height: 2.5rem; } .gate { inset-inline: calc(50% - 9.5rem) auto; bottom: -.5rem; width: 19rem; height: 17rem; } }
@media (max-height: 32rem) { header { height: 5rem; } .gate { inset-inline: auto 1rem; bottom: 0; width: 6rem; height: 5rem; } }
@media (forced-colors: active) { header { background: none; color: CanvasText; } .bright { fill: currentcolor; } a, button { border: 1px solid; } }
`;
