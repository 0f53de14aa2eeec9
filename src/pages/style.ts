// The one style sheet of the gateway's pages: a card on calm ground, light and dark, no motion, logical directions for right to left.
// Colours that text is read on are fixed here; colour.ts fits the brand to the least favourable of them. A sign has the colour of what it
// says, not the brand's: test/pages/colour.test.ts measures them.

import type { Palette } from './colour.ts';

const SHEET = `*{box-sizing:border-box;margin:0}
body{display:grid;align-content:center;gap:1rem;min-height:100vh;max-width:30rem;margin:auto;padding:1.5rem 1rem 4rem;background:var(--ground);color:var(--text);font:1rem/1.6 system-ui,sans-serif;overflow-wrap:anywhere}
.wide{align-content:start;max-width:46rem}
header a{display:inline-flex;align-items:center;gap:.625rem;color:inherit;font-weight:600;text-decoration:none}
header a:hover{text-decoration:underline}
.mark{display:grid;place-items:center;flex:none;width:2rem;height:2rem;border-radius:.5rem;background:var(--brand);color:var(--on-brand)}
img{display:block;max-width:12rem;max-height:3rem}
main{min-width:0;padding:clamp(1.25rem,6vw,2.25rem);border:1px solid var(--line);border-radius:1rem;background:var(--card);box-shadow:0 1px 2px #0000000a,0 .75rem 2rem -.5rem #0000001f}
footer{padding:0 .25rem;color:var(--muted);font-size:.8125rem}
svg{display:block;width:3rem;padding:.75rem;border-radius:50%;background:var(--tint);color:var(--accent);fill:none;stroke:currentColor;stroke-width:2;stroke-linecap:round;stroke-linejoin:round}
.alert{background:var(--warn-tint);color:var(--warn)}
.check{background:var(--good-tint);color:var(--good)}
.lock{color:var(--muted)}
h1{margin:1.25rem 0 .5rem;font-size:1.5rem;line-height:1.3}
h2{margin:2.25rem 0 .5rem;font-size:1.125rem}
h3{font-size:1rem}
p{margin-bottom:.75rem}
dt{color:var(--muted)}
a{color:var(--accent);text-underline-offset:.15em}
code{font:.9em ui-monospace,monospace}
.who{padding:.625rem .875rem;border-radius:.5rem;background:var(--tint)}
.actions{display:flex;flex-wrap:wrap;gap:.75rem;margin-top:1.5rem}
.button{flex:auto;padding:.5625rem 1.125rem;border:1px solid var(--edge);border-radius:.5rem;background:none;color:var(--text);font:inherit;font-weight:600;text-align:center;text-decoration:none;cursor:pointer}
.primary{border-color:var(--accent);background:var(--brand);color:var(--on-brand)}
.button:hover{text-decoration:underline}
.wide .actions>*{flex:none}
.more{margin:1.25rem 0 0}
:focus-visible{border-radius:.25rem;outline:3px solid var(--accent);outline-offset:2px}
.button:focus-visible{border-radius:.5rem}
dl{display:grid;grid-template-columns:minmax(7rem,max-content) 1fr;gap:.375rem 1.25rem}
ul{padding:0;list-style:none}
.list>li,.issues>li{padding-block:1rem;border-top:1px solid var(--line)}
.list>li{display:flex;flex-wrap:wrap;align-items:center;justify-content:space-between;gap:1rem}
.list>li:first-child{border:0}
.list dl{gap:0 1rem;font-size:.875rem}
.issues h2{margin:0}
.cards{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,16rem),1fr));gap:.75rem;margin-top:1.25rem}
.cards a{display:flex;align-items:center;gap:.875rem;height:100%;padding:.875rem;border:1px solid var(--edge);border-radius:.75rem;color:var(--text);text-decoration:none}
.cards a:hover strong{text-decoration:underline}
.cards img{flex:none;width:3rem;height:3rem;object-fit:contain}
.cards img[src^=data]{padding:0;background:none}
.cards span{display:grid;justify-items:start;min-width:0}
.cards bdi{color:var(--muted);font-size:.875rem}
.cards strong bdi{color:var(--text);font-size:1rem}
.tags{display:flex;flex-wrap:wrap;gap:.375rem}
.tags li,.badge{padding:0 .5rem;border-radius:1rem;background:var(--tint);font-size:.875rem}
.badge{color:var(--accent)}
@media(max-width:30rem){body{align-content:start}.actions>*,.list form,.list .button{width:100%}dl{grid-template-columns:1fr}dl,.list dl{gap:0}dd{margin-bottom:.5rem}}
@media(forced-colors:active){.mark,svg,.button{border:1px solid}}
`;

export const LIGHT = {
  ground: '#f4f6f8',
  card: '#fff',
  tint: '#eef1f4',
  line: '#dde2e8',
  edge: '#747e8a',
  text: '#1b2027',
  muted: '#55606c',
  warn: '#9a5b00',
  'warn-tint': '#fdf1dc',
  good: '#1c7a45',
  'good-tint': '#e4f4ea',
};

export const DARK: typeof LIGHT = {
  ground: '#0e1116',
  card: '#181c22',
  tint: '#262c34',
  line: '#2e353e',
  edge: '#87919d',
  text: '#e9ecf0',
  muted: '#a7b0bb',
  warn: '#f3b754',
  'warn-tint': '#382b14',
  good: '#63cf92',
  'good-tint': '#173223',
};

const variables = (colours: typeof LIGHT) =>
  Object.entries(colours)
    .map(([name, colour]) => `--${name}:${colour}`)
    .join(';');

export const createStyleSheet = ({ brand, onBrand, accentLight, accentDark }: Palette): string =>
  `:root{color-scheme:light dark;--brand:${brand};--on-brand:${onBrand};--accent:${accentLight};${variables(LIGHT)}}
@media (prefers-color-scheme:dark){:root{--accent:${accentDark};${variables(DARK)}}img{padding:.375rem;border-radius:.375rem;background:#fff}}
${SHEET}`;
