// The one style sheet of the gateway's pages: a card on calm ground, light and dark, no motion, logical directions for right to left.
// Colours that text is read on are fixed here; colour.ts fits the brand to the least favourable of them.

import type { Palette } from './colour.ts';

const SHEET = `*{box-sizing:border-box;margin:0}
body{max-width:36rem;margin:auto;padding:clamp(1rem,6vh,4rem) 1rem;background:var(--ground);color:var(--text);font:1rem/1.6 system-ui,sans-serif;overflow-wrap:anywhere}
.wide{max-width:48rem}
header{padding:0 .25rem 1rem;font-weight:600}
img{display:block;max-width:12rem;max-height:3rem}
.card{border:1px solid var(--line);border-top:4px solid var(--brand);border-radius:.75rem;background:var(--card)}
main,footer{padding:clamp(1.25rem,5vw,2.25rem)}
footer{padding-block:1rem;border-top:1px solid var(--line);color:var(--muted);font-size:.875rem}
svg{width:2.75rem;padding:.6rem;border-radius:50%;background:var(--tint);color:var(--accent);fill:none;stroke:currentColor;stroke-width:2;stroke-linecap:round;stroke-linejoin:round}
h1{margin:1rem 0 .75rem;font-size:1.5rem;line-height:1.25}
h2{margin:2.25rem 0 .5rem;font-size:1.125rem}
h3{font-size:1rem}
p{margin-bottom:1rem}
dt{color:var(--muted)}
a{color:var(--accent)}
code{font:.9em ui-monospace,monospace}
.actions{display:flex;flex-wrap:wrap;gap:.75rem;margin-top:1.5rem}
.button{padding:.5rem 1.125rem;border:1px solid var(--edge);border-radius:.5rem;background:none;color:var(--text);font:inherit;font-weight:600;text-align:center;text-decoration:none;cursor:pointer}
.primary{border-color:var(--accent);background:var(--brand);color:var(--on-brand)}
.button:hover{text-decoration:underline}
:focus-visible{outline:3px solid var(--accent);outline-offset:2px}
dl{display:grid;grid-template-columns:minmax(7rem,max-content) 1fr;gap:.375rem 1.25rem}
ul{padding:0;list-style:none}
.list>li,.issues>li{padding-block:1rem;border-top:1px solid var(--line)}
.list>li{display:flex;flex-wrap:wrap;align-items:center;justify-content:space-between;gap:1rem}
.list>li:first-child{border:0}
.list dl{gap:0 1rem;font-size:.875rem}
.issues h2{margin:0}
.tags{display:flex;flex-wrap:wrap;gap:.375rem}
.tags li,.badge{padding:0 .5rem;border-radius:1rem;background:var(--tint);font-size:.875rem}
.badge{color:var(--accent)}
@media(max-width:30rem){.actions>*,.list form,.list .button{width:100%}dl{grid-template-columns:1fr}dl,.list dl{gap:0}dd{margin-bottom:.5rem}}
`;

const LIGHT =
  '--ground:#f4f6f8;--card:#fff;--tint:#eef1f4;--line:#dde2e8;--edge:#747e8a;--text:#1b2027;--muted:#55606c';
const DARK =
  '--ground:#0e1116;--card:#181c22;--tint:#262c34;--line:#2e353e;--edge:#87919d;--text:#e9ecf0;--muted:#a7b0bb';

export const createStyleSheet = ({ brand, onBrand, accentLight, accentDark }: Palette): string =>
  `:root{color-scheme:light dark;--brand:${brand};--on-brand:${onBrand};--accent:${accentLight};${LIGHT}}
@media (prefers-color-scheme:dark){:root{--accent:${accentDark};${DARK}}img{padding:.375rem;border-radius:.375rem;background:#fff}}
${SHEET}`;
