// The style sheet of the page that lists what is running: one column, light and dark.

export const STYLE = `:root{color-scheme:light dark;--ground:#f4f6f8;--card:#fff;--line:#dde2e8;--text:#1b2027;--muted:#55606c;--accent:#24569b;--bad:#a8231b}
@media (prefers-color-scheme:dark){:root{--ground:#0e1116;--card:#181c22;--line:#2e353e;--text:#e9ecf0;--muted:#a7b0bb;--accent:#8ab4f8;--bad:#ff9d94}}
*{box-sizing:border-box}
body{max-width:56rem;margin:auto;padding:2rem 1rem;background:var(--ground);color:var(--text);font:1rem/1.55 system-ui,sans-serif;overflow-wrap:anywhere}
h1{margin:0 0 .5rem;font-size:1.6rem}
h2{margin:0 0 .75rem;font-size:1.1rem}
p{margin:.5rem 0}
section{margin-top:1.25rem;padding:1.25rem;border:1px solid var(--line);border-radius:.75rem;background:var(--card)}
.problem{border-color:var(--bad)}
.problem h2{color:var(--bad)}
.dim,dt,thead th{color:var(--muted)}
a{color:var(--accent)}
a:focus-visible,pre:focus-visible{outline:3px solid var(--accent);outline-offset:2px}
code{font:.9em ui-monospace,monospace}
pre{margin:.25rem 0 1rem;padding:.75rem;border:1px solid var(--line);border-radius:.5rem;background:var(--ground);white-space:pre-wrap}
ul{margin:0;padding-inline-start:1.25rem}
dl{margin:0}
dl>div{display:grid;grid-template-columns:minmax(9rem,16rem) 1fr;gap:.25rem 1.25rem;padding:.3rem 0}
dd{margin:0}
table{width:100%;border-collapse:collapse}
th,td{padding:.4rem .75rem .4rem 0;border-bottom:1px solid var(--line);text-align:start;vertical-align:top;font-weight:normal}
tr:last-child>*{border-bottom:0}
@media (max-width:36rem){dl>div{grid-template-columns:1fr;gap:0}}
`;
