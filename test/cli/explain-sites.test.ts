// `explain` with several sites: the host of a question chooses whose rules, upstream and credentials count. ARCHITECTURE §7 Sites.

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { explain } from '../../cli/explain/command.ts';
import { loadWithoutSecrets } from '../../cli/installation/installation.ts';
import { environment } from './explain-bed.ts';

const SITES = [
  {
    host: 'wiki.example.com',
    upstream: 'https://wiki.internal/base',
    routes: [
      { path: '/public/*', access: 'public' },
      { path: '/edit/*', roles: ['editor'] },
    ],
  },
  { host: 'shop.example.net', upstream_secret: 'SHOP_SECRET', upstream: 'https://shop.internal' },
  {
    host: '*.apps.example.com',
    routes: [
      { path: '/open', access: 'public', hosts: ['pr-1.apps.example.com'] },
      { path: '/never', access: 'public', hosts: ['wiki.example.com'] },
      { path: '/machines/*', credentials: ['session'] },
    ],
  },
];
const load = async () => loadWithoutSecrets({ ...environment, ROUTES: [{ path: '/', access: 'public' }], SITES });
const run = (...args: string[]) => explain(args, load);

describe('explain asks the site of the question’s host', () => {
  it.each([
    ['GET / --anonymous', 'allow (public) by rule 1', 'app.example.com, in front of https://app.internal'],
    ['GET /public/x --anonymous', 'sign-in (anonymous) by no rule', 'app.example.com'],
    [
      'GET /public/x --anonymous --host wiki.example.com',
      'allow (public) by rule 1',
      'wiki.example.com, in front of https://wiki.internal/base',
    ],
    ['GET https://WIKI.example.com/edit/x --roles editor', 'allow (authenticated) by rule 2', 'wiki.example.com'],
    ['GET https://wiki.example.com:443/edit/x --roles staff', 'refuse (roles) by rule 2', 'wiki.example.com'],
    [
      'GET / --anonymous --host shop.example.net',
      'sign-in (anonymous) by no rule',
      'shop.example.net, in front of https://shop.internal',
    ],
    [
      'GET /open --anonymous --host pr-1.apps.example.com',
      'allow (public) by rule 1',
      '*.apps.example.com, in front of https://app.internal',
    ],
    ['GET /open --anonymous --host pr-2.apps.example.com', 'sign-in (anonymous) by no rule', '*.apps.example.com'],
    ['GET /machines/x --bearer --host pr-2.apps.example.com', 'sign-in (credentials) by rule 3', '*.apps.example.com'],
  ])('%s: %s', async (command, decision, site) => {
    const { code, output } = await run(...command.split(' '));
    expect(code).toBe(0);
    expect(output).toContain(`\nsite        ${site}`);
    expect(output).toContain(`\ndecision    ${decision}\n`);
  });

  it.each(['evil.example', 'wiki.example.com:8443', 'apps.example.com', 'a.b.apps.example.com', 'wiki.example.com.'])(
    '%s: 421, and which hosts are served',
    async (host) => {
      const { output } = await run('GET', '/', '--host', host);
      expect(output).toContain('answer      421');
      expect(output).toContain(
        `${host} is not served here; served are app.example.com, wiki.example.com, shop.example.net, *.apps.example.com`,
      );
    },
  );

  it.each([
    ['GET', '/', '200'],
    ['POST', '/', '405'],
    ['GET', '/report', '404'],
    ['GET', '/auth/profile', '200'],
  ])('%s %s at the start page: %s', async (method, path, status) => {
    const withPortal = async () => loadWithoutSecrets({ ...environment, SITES, PORTAL_HOST: 'home.example.com' });
    const { output } = await explain([method, path, '--roles', 'staff', '--host', 'home.example.com'], withPortal);
    expect(output).toMatch(new RegExp(`answer\\s+${status}`));
    expect(output).toContain('no application: the start page');
  });

  it('the gateway’s own endpoints are at every site', async () => {
    const { output } = await run('GET', '/auth/login', '--anonymous', '--host', 'pr-7.apps.example.com');
    expect(output).toContain('an endpoint of the gateway’s own');
  });

  it('--json names the site', async () => {
    const { output } = await run('GET', 'https://wiki.example.com/public/x', '--json');
    expect(JSON.parse(output)).toMatchObject({
      site: { host: 'wiki.example.com', upstream: 'https://wiki.internal/base' },
      decision: { kind: 'allow' },
    });
  });
});

describe('explain --all', () => {
  it('is a table by site, each with the roles of its own rules', async () => {
    const { code, output } = await run('--all');
    expect(code).toBe(0);
    const tables = output
      .split(/\n\n(?=\S+, in front of)/)
      .map((table) => table.split('\n').map((line) => line.split(/\s{2,}/)));
    expect(tables.map(([head]) => head?.[0])).toEqual([
      'app.example.com, in front of https://app.internal',
      'wiki.example.com, in front of https://wiki.internal/base',
      'shop.example.net, in front of https://shop.internal',
      '*.apps.example.com, in front of https://app.internal',
    ]);
    expect(tables[1]?.slice(2)).toEqual([
      ['rule', 'path', 'anonymous', 'no role', 'editor'],
      ['1', '/public/*', 'yes', 'yes', 'yes'],
      ['2', '/edit/*', 'sign in', 'no', 'yes'],
      ['–', 'anything else', 'sign in', 'yes', 'yes'],
    ]);
    expect(tables[3]?.slice(3)).toEqual([
      ['1', '/open pr-1.apps.example.com', 'yes', 'yes'],
      ['2', '/never wiki.example.com', '421', '421'],
      ['3', '/machines/*', 'sign in', 'yes'],
      ['–', 'anything else', 'sign in', 'yes'],
    ]);
  });

  it('as JSON: a list by site', async () => {
    const tables = JSON.parse((await run('--all', '--json')).output);
    expect(tables).toHaveLength(4);
    expect(tables[1]).toMatchObject({ site: 'wiki.example.com', rows: [{ route: '/public/*' }, {}, {}] });
  });
});

describe('explain --check', () => {
  it('takes hosts in its lines', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'explain-'));
    const file = join(folder, 'policy');
    await writeFile(
      file,
      `GET / as anonymous → 200
GET https://wiki.example.com/public/x as anonymous → 200
GET /public/x as anonymous --host wiki.example.com → allow
GET /public/x as anonymous → sign-in
GET https://pr-1.apps.example.com/open as anonymous → 200
GET https://nobody.example.com/ as anonymous → 421
GET https://wiki.example.com/edit/1 as anonymous → 200
`,
    );
    const { code, output } = await run('--check', file);
    await rm(folder, { recursive: true });
    expect(output).toContain(
      'line 7: GET https://wiki.example.com/edit/1 as anonymous → 200\n  but it is sign-in, 302, 401',
    );
    expect(output).toContain('6 of 7 expectations met');
    expect(code).toBe(1);
  });
});
