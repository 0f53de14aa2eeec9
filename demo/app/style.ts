// The style sheet: light and dark, narrow and wide.

export const STYLE = `:root {
  color-scheme: light dark;
  --ink: #2b2520; --dim: #6d6258; --paper: #faf6ef; --card: #fffdf9; --line: #e4dacb; --accent: #8a3b12; --on-accent: #fff;
}
@media (prefers-color-scheme: dark) {
  :root { --ink: #efe8de; --dim: #b3a696; --paper: #1b1815; --card: #26221d; --line: #3d362e; --accent: #f0a070; --on-accent: #1b1815; }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--paper); color: var(--ink); font: 1.0625rem/1.6 Georgia, 'Times New Roman', serif; }
header, main, footer { max-width: 46rem; margin: 0 auto; padding: 1rem; }
header { display: flex; flex-wrap: wrap; align-items: center; gap: .5rem 1.25rem; border-bottom: 1px solid var(--line); }
header form { margin: 0; }
.brand { font-weight: bold; font-size: 1.2rem; color: var(--ink); text-decoration: none; }
nav { display: flex; flex-wrap: wrap; gap: .25rem 1rem; flex: 1 1 auto; }
a { color: var(--accent); }
h1 { font-size: 1.9rem; line-height: 1.2; margin: 1rem 0; }
h2 { font-size: 1.2rem; margin: 2rem 0 .5rem; }
.lead { font-size: 1.15rem; color: var(--dim); }
.greeting { font-size: 1.2rem; }
.role { font: .85rem/1.4 system-ui, sans-serif; border: 1px solid var(--accent); color: var(--accent); border-radius: 1rem; padding: .1rem .6rem; white-space: nowrap; }
.role.none { border-color: var(--line); color: var(--dim); }
button, .button { display: inline-block; font: 600 1rem/1.4 system-ui, sans-serif; background: var(--accent); color: var(--on-accent); border: 0; border-radius: .5rem; padding: .5rem 1rem; text-decoration: none; cursor: pointer; overflow-wrap: anywhere; }
button:focus-visible, a:focus-visible, textarea:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
.sign { display: grid; gap: .5rem; justify-items: start; background: var(--card); border: 1px solid var(--line); border-radius: .75rem; padding: 1rem; }
textarea { width: 100%; font: inherit; color: inherit; background: var(--paper); border: 1px solid var(--line); border-radius: .5rem; padding: .5rem; }
.entries { list-style: none; padding: 0; }
.entries li { border-bottom: 1px solid var(--line); padding: .75rem 0; overflow-wrap: anywhere; }
.entries p { margin: 0; white-space: pre-wrap; }
.entries .by { color: var(--dim); font-size: .9rem; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .25rem 1rem; background: var(--card); border: 1px solid var(--line); border-radius: .75rem; padding: 1rem; }
dt { color: var(--dim); }
dd { margin: 0; overflow-wrap: anywhere; }
table { width: 100%; border-collapse: collapse; font-size: .9rem; }
th, td { text-align: start; vertical-align: top; padding: .4rem .5rem .4rem 0; border-bottom: 1px solid var(--line); font-weight: normal; }
th { color: var(--dim); }
code { font: .85rem/1.5 ui-monospace, monospace; overflow-wrap: anywhere; }
footer { color: var(--dim); font-size: .9rem; }
@media (max-width: 30rem) {
  dl, table, tbody, tr, th, td { display: block; }
  dd { margin-bottom: .5rem; }
  th { border: 0; padding-bottom: 0; }
}
`;
