// The one style sheet of the gateway's pages: a card on calm ground, light and dark, no motion, logical directions for right to left.
// Colours that text is read on are fixed here; colour.ts fits the brand to the least favourable of them.

import type { Palette } from './colour.ts';

const SHEET = `*{box-sizing:border-box}
body{margin:0;min-height:100vh;display:flex;flex-direction:column;align-items:center;padding:clamp(1rem,6vh,4rem) 1rem 2rem;background:var(--ground);color:var(--text);font:1rem/1.6 system-ui,-apple-system,"Segoe UI",Roboto,"Noto Sans",sans-serif;overflow-wrap:anywhere}
header,.card{width:100%;max-width:34rem}
.wide header,.wide .card{max-width:46rem}
header{margin:0 0 1rem;padding-inline:.25rem;font-weight:600}
header p{margin:0}
header img{display:block;max-width:12rem;max-height:3rem}
.card{background:var(--card);border:1px solid var(--line);border-top:4px solid var(--brand);border-radius:.75rem;box-shadow:0 1px 3px #0000001a}
main,footer{padding:clamp(1.25rem,5vw,2.25rem)}
footer{display:flex;flex-wrap:wrap;gap:0 1.5rem;padding-block:1rem;border-top:1px solid var(--line);color:var(--muted);font-size:.875rem}
.sign{display:block;width:2.75rem;height:2.75rem;padding:.6rem;margin-block-end:1rem;border-radius:50%;background:var(--tint);color:var(--accent);fill:none;stroke:currentColor;stroke-width:2;stroke-linecap:round;stroke-linejoin:round}
footer p{margin:0}
footer code{color:var(--text)}
h1{margin:0 0 .75rem;font-size:1.5rem;line-height:1.25;text-wrap:balance}
h2{margin:2.25rem 0 .5rem;font-size:1.125rem;line-height:1.4}
h3{margin:0 0 .25rem;font-size:1rem}
p{margin:0 0 1rem}
.muted,dt{color:var(--muted)}
a{color:var(--accent)}
code{font:.9em/1.5 ui-monospace,SFMono-Regular,Consolas,monospace}
.actions{display:flex;flex-wrap:wrap;gap:.75rem;margin-block-start:1.5rem}
.button{display:inline-flex;align-items:center;justify-content:center;min-height:2.75rem;padding:.5rem 1.125rem;border:1px solid var(--edge);border-radius:.5rem;background:none;color:var(--text);font:inherit;font-weight:600;text-align:center;text-decoration:none;cursor:pointer}
.primary{background:var(--brand);border-color:var(--accent);color:var(--on-brand)}
.button:hover{text-decoration:underline}
:focus-visible{outline:3px solid var(--accent);outline-offset:2px}
dl{display:grid;grid-template-columns:minmax(7rem,max-content) 1fr;gap:.375rem 1.25rem;margin:0}
dd{margin:0}
ul{margin:0;padding:0;list-style:none}
.list>li,.issues>li{padding-block:1rem;border-top:1px solid var(--line)}
.list>li{display:flex;flex-wrap:wrap;align-items:center;justify-content:space-between;gap:1rem}
.list>li:first-child{border:0}
.list>li>*{max-width:100%}
.issues h2{margin:0 0 .25rem}
.list dl{gap:0 1rem;font-size:.875rem}
.tags{display:flex;flex-wrap:wrap;gap:.375rem}
.tags li,.badge{display:inline-block;padding:.0625rem .5rem;border-radius:1rem;background:var(--tint);font-size:.875rem;font-weight:400}
.badge{color:var(--accent);font-weight:600}
@media (max-width:30rem){.actions>*,.list form,.list .button{flex:1 1 100%;width:100%}dl{grid-template-columns:1fr}dl,.list dl{gap:0}dd{margin-block-end:.5rem}}
`;

const LIGHT =
  '--ground:#f4f6f8;--card:#fff;--tint:#eef1f4;--line:#dde2e8;--edge:#747e8a;--text:#1b2027;--muted:#55606c';
const DARK =
  '--ground:#0e1116;--card:#181c22;--tint:#262c34;--line:#2e353e;--edge:#87919d;--text:#e9ecf0;--muted:#a7b0bb';

export const createStyleSheet = ({ brand, onBrand, accentLight, accentDark }: Palette): string =>
  `:root{color-scheme:light dark;--brand:${brand};--on-brand:${onBrand};--accent:${accentLight};${LIGHT}}
@media (prefers-color-scheme:dark){:root{--accent:${accentDark};${DARK}}header img{padding:.375rem;border-radius:.375rem;background:#fff}}
${SHEET}`;
