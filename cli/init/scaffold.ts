// From templates, pins and answers to the files of an operator's folder. Pure.

import { devVarsExample } from '../dev-vars-example.ts';
import { setVariable } from '../setup/toml-text.ts';
import type { Answers } from './answers.ts';
import type { File } from './folder.ts';
import type { Pins } from './pins.ts';

type Edit = (text: string) => string;

export function scaffold(
  templates: readonly File[],
  { pins, answers, postern }: { pins: Pins; answers: Answers; postern: string },
): readonly File[] {
  const edits: Readonly<Record<string, Edit>> = {
    'package.json': (text) => fillManifest(text, pins, answers, postern),
    'wrangler.toml': (text) => fillConfiguration(text, pins, answers),
    'README.md': (text) => text.replace('my-gateway', answers.name),
  };
  const files = templates.map(({ path, text }) => ({ path, text: edits[path]?.(text) ?? text }));
  return [...files, { path: '.dev.vars.example', text: devVarsExample() }];
}

/** `postern` is what stands there for its version. */
function fillManifest(text: string, { wrangler, node }: Pins, { name }: Answers, postern: string): string {
  const { allowScripts, ...manifest } = JSON.parse(text);
  const filled = { ...manifest, name, dependencies: { postern }, devDependencies: { node, wrangler }, allowScripts };
  return `${JSON.stringify(filled, null, 2)}\n`;
}

function fillConfiguration(template: string, { compatibilityDate }: Pins, answers: Answers): string {
  const { name, upstream, domain, callback } = answers;
  let text = setVariable(template, '', 'name', name);
  text = setVariable(text, '', 'compatibility_date', compatibilityDate);
  if (upstream !== undefined) text = setVariable(text, 'vars', 'UPSTREAM_URL', upstream);
  if (domain !== undefined) {
    text = setVariable(text, 'vars', 'ZITADEL_DOMAIN', domain);
    // The demo's ids mean nothing there: empty they are unset, until setup enters what it has made.
    for (const name of ['ZITADEL_CLIENT_ID', 'ZITADEL_PROJECT_ID']) text = setVariable(text, 'vars', name, '');
  }
  if (callback === undefined) return text;
  return withPublicHost(setVariable(text, 'vars', 'ZITADEL_CALLBACK_URL', callback), callback);
}

/** `sites`: further hosts, as SITES has them. */
export function withPublicHost(text: string, callback: string, sites: readonly string[] = []): string {
  const { protocol, hostname } = new URL(callback);
  const hosts = [hostname, ...sites.map((host) => host.replace(/:\d+$/, ''))];
  const domains = () => [...new Set(hosts)].map(domainOf).join('\n');
  return protocol === 'https:' ? text.replace(PUBLIC_HOST, domains) : text;
}

/** The commented lines of the template. */
const PUBLIC_HOST = /^# \[\[routes\]\]\n# pattern = .*\n# custom_domain = true\n/m;

/** A domain has no wildcard, a route on a zone has. Of which zone, is a guess. */
function domainOf(hostname: string): string {
  if (!hostname.startsWith('*.')) return `[[routes]]\npattern = ${JSON.stringify(hostname)}\ncustom_domain = true\n`;
  const zone = hostname.split('.').slice(-2).join('.').replace(/^\*\./, '');
  return `[[routes]]\npattern = ${JSON.stringify(`${hostname}/*`)}\nzone_name = ${JSON.stringify(zone)}\n`;
}
