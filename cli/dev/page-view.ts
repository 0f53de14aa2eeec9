// The page that lists what is running where: an overview as HTML. No script; light and dark; of secrets the key file's path alone.

import { html, type Markup } from '../../src/pages/markup.ts';
import type { Overview, RunningSite } from './overview.ts';
import { STYLE } from './page-style.ts';

/** All rules are in `explain --all`. */
const MOST_RULES = 200;

export function renderPage(overview: Overview): string {
  const { gateway, issues, notes, overrides, endpoints } = overview;
  const body = html`<h1>What is running here</h1>
<p class="lead">Postern at <a href="${gateway.origin}">${gateway.origin}</a>, started by <code>postern dev</code>.</p>
${issues.length > 0 && problems(overview)}
${section('Where', where(overview))}
${overview.sites && section('Sites', sites(overview.sites))}
${overview.personas.length > 0 && section('Who can sign in', personas(overview))}
${overview.commands.length > 0 && section('Try these', commands(overview))}
${section('Who may go where', rules(overview))}
${overrides.length > 0 && section('Different from your files, on this machine only', pairs(overrides))}
${notes.length > 0 && section('Good to know', html`<ul>${notes.map((note) => html`<li>${note}</li>`)}</ul>`)}
${section('Endpoints', pairs(endpoints.map(({ url, what }) => [html`<a href="${url}">${new URL(url).pathname}</a>`, what])))}`;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>What is running · Postern</title>
<style>${STYLE}</style>
</head>
<body>
<main>
${body.text}
</main>
</body>
</html>
`;
}

const section = (title: string, content: Markup): Markup => html`<section><h2>${title}</h2>${content}</section>`;

const pairs = (rows: readonly (readonly [name: string | Markup, what: string | Markup])[]): Markup =>
  html`<dl>${rows.map(([name, what]) => html`<div><dt>${name}</dt><dd>${what}</dd></div>`)}</dl>`;

const link = (url: string): Markup => (/^https?:/.test(url) ? html`<a href="${url}">${url}</a>` : html`${url}`);

function where({ gateway, application, zitadel, endpoints }: Overview): Markup {
  const ready = endpoints.find(({ url }) => url.endsWith('/ready'))?.url;
  const app = application.isGuestBook
    ? ' (the demo’s guest book; it reads headers, so open it through the gateway)'
    : '';
  const silent = application.isSilent ? ' (nothing listened there at the start)' : '';
  return pairs([
    ['Gateway', html`${link(gateway.origin)}${ready && html` · <a href="${ready}">is all of it ready?</a>`}`],
    ['Application', html`${link(application.url)}${app}${silent}`],
    [zitadel.isStandIn ? 'Stand-in for ZITADEL' : 'ZITADEL', link(zitadel.issuer)],
    ['Redirect URI', html`<code>${gateway.callback}</code>`],
    ['Post-logout URI', html`<code>${gateway.postLogout}</code>`],
  ]);
}

const MOST_PATHS = 8;

const sites = (all: readonly RunningSite[]): Markup => html`<table>
<thead><tr><th scope="col">Site</th><th scope="col">Name</th><th scope="col">Application</th><th scope="col">Who may go where</th></tr></thead>
<tbody>${all.map(
  ({ origin, name, upstream, rules: own }) =>
    html`<tr><th scope="row">${origin.includes('*') ? html`<code>${origin}</code>` : link(origin)}</th><td>${name ?? '–'}</td><td>${upstream}</td><td>${pathsOf(own)}</td></tr>`,
)}</tbody></table>
<p class="dim">Each has its own sign-in; the second one needs no form.</p>`;

function pathsOf(rules: RunningSite['rules']): string {
  const shown = rules.slice(0, MOST_PATHS).map(({ path, needs }) => `${path}: ${needs}`);
  const more = rules.length - shown.length;
  return [...shown, ...(more > 0 ? [`${more} more`] : []), 'anything else: whoever signs in'].join(' · ');
}

const personas = ({ personas: people }: Overview): Markup => html`<table>
<thead><tr><th scope="col">Name</th><th scope="col">Roles</th><th scope="col">Opens, of what asks for a role</th></tr></thead>
<tbody>${people.map(
  ({ name, roles, opens }) =>
    html`<tr><th scope="row">${name}</th><td>${roles.join(', ') || 'none'}</td><td>${opens.join(', ') || 'nothing'}</td></tr>`,
)}</tbody></table>`;

const commands = ({ commands: all, keyFile }: Overview): Markup =>
  html`${all.map(
    ({ what, command }) => html`<p>${what}:</p><pre tabindex="0"><code>${command}</code></pre>`,
  )}${keyFile !== undefined && html`<p class="dim">The key of a service account of the stand-in’s is in <code>${keyFile}</code>, until all this ends.</p>`}`;

function rules({ rules: all }: Overview): Markup {
  const rows = all.slice(0, MOST_RULES);
  const rest = all.length - rows.length;
  return html`<table>
<thead><tr><th scope="col">Path</th><th scope="col">Who</th></tr></thead>
<tbody>${rows.map(({ path, needs }) => html`<tr><th scope="row"><code>${path}</code></th><td>${needs}</td></tr>`)}
<tr><th scope="row">anything else</th><td>whoever signs in</td></tr></tbody></table>
<p class="dim">${rest > 0 && `${rest} more are left out. `}The first match wins. <code>npx postern explain --all</code> asks each for each role.</p>`;
}

const problems = ({
  issues,
}: Overview): Markup => html`<section class="problem" role="alert"><h2>The configuration is bad</h2>
<p>The gateway serves nothing but 503 until this is mended; it notices when it is.</p>
${pairs(issues.map(({ variable, found, wanted }) => [html`<code>${variable}</code>`, `found ${found}; wanted: ${wanted}`]))}</section>`;
