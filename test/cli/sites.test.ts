// `sites`: nothing goes into KV that the gateway would not take; what is there is shown with what the gateway thinks of it.

import { afterAll, describe, expect, it } from 'vitest';
import { createInstallation } from '../../cli/installation/installation.ts';
import { runSites } from '../../cli/sites/command.ts';
import { createBed, createSystem } from './doctor-bed.ts';
import { createFolder } from './folder.ts';

const folder = createFolder({});
afterAll(() => folder.remove());
const WIKI = '{ "host": "wiki.example.com", "upstream": "https://wiki.example.net", "upstream_secret": "WIKI_SECRET" }';

function start({ namespaces = ['SESSIONS', 'CONFIGURATION'], stored = '', wranglerCode = 0 } = {}) {
  const bed = createBed();
  bed.wrangler.kv_namespaces = namespaces.map((binding) => ({ binding }));
  const printed: string[] = [];
  const told: string[] = [];
  const calls: (readonly string[])[] = [];
  const system = {
    ...createSystem(bed, printed, told),
    runWrangler: async (args: readonly string[]) => {
      calls.push(args);
      return { code: wranglerCode, stdout: stored, stderr: wranglerCode === 0 ? '' : 'not logged in' };
    },
  };
  const run = (...args: string[]) => runSites(args, system, async () => createInstallation(bed.wrangler, bed.values));
  return { bed, run, printed, told, calls };
}

/** Writes a file and names it. */
function file(name: string, text: string): string {
  folder.write({ [name]: text });
  return folder.path(name);
}

describe('npx postern sites push', () => {
  it.each([
    ['sites.json', `[${WIKI}]`],
    [
      'sites.toml',
      '[[vars.SITES]]\nhost = "wiki.example.com"\n[[vars.SITES.routes]]\npath = "/x/*"\naccess = "public"\n',
    ],
  ])('puts %s into KV, as the gateway reads it', async (name, text) => {
    const { run, calls, printed } = start();
    expect(await run('push', file(name, text), '--env', 'staging')).toBe(0);
    const [args = []] = calls;
    expect(args.slice(0, 5)).toEqual(['kv', 'key', 'put', 'sites', '--path']);
    expect(args.slice(6)).toEqual(['--binding', 'CONFIGURATION', '--preview', 'false', '--remote', '--env', 'staging']);
    expect(printed.join('\n')).toMatch(/^version [0-9a-f]{12}, 1 site: in KV/);
  });

  it.each([
    ['a misspelled field', 'a.json', '[{"host":"wiki.example.com","rotes":[]}]', 'did you mean "routes"'],
    ['the first site’s host', 'b.json', '[{"host":"app.example.com"}]', 'a host of its own'],
    ['no list', 'c.json', '{}', 'a list is wanted'],
    ['no JSON', 'd.json', '[', 'is not JSON'],
    ['broken TOML', 'e.toml', '[[vars', 'can’t be read'],
    [
      'other variables',
      'f.toml',
      '[vars]\nBRAND_NAME = "x"\n[[vars.SITES]]\nhost = "wiki.example.com"\n',
      'nothing else',
    ],
    ['a file that is not there', 'g.json', undefined, 'there is no such file'],
  ])('changes nothing for %s', async (_what, name, text, said) => {
    const { run, calls, told } = start();
    expect(await run('push', text === undefined ? folder.path(name) : file(name, text))).toBeGreaterThan(0);
    expect(told.join('\n')).toContain(said);
    expect(calls).toEqual([]);
  });

  it('tries with --dry-run, goes to the local KV with --local, and needs the namespace', async () => {
    const path = file('sites.json', `[${WIKI}]`);
    const dry = start();
    expect([await dry.run('push', path, '--dry-run'), dry.calls]).toEqual([0, []]);
    const local = start();
    await local.run('push', path, '--local');
    expect(local.calls[0]).toContain('--local');
    const bare = start({ namespaces: ['SESSIONS'] });
    expect([await bare.run('push', path), bare.calls]).toEqual([1, []]);
    expect(bare.told.join('\n')).toContain('kv namespace create CONFIGURATION');
  });

  it('says what Wrangler says, and that it makes no sense without a file', async () => {
    const { run, told } = start({ wranglerCode: 1 });
    expect(await run('push', file('sites.json', '[]'))).toBe(1);
    expect(told.join('\n')).toContain('not logged in');
    expect([await run('push'), await run('pull'), await run()]).toEqual([2, 2, 2]);
  });
});

describe('npx postern sites show', () => {
  it('the list, by its version and hosts', async () => {
    const { run, printed } = start({ stored: `[${WIKI}]\n` });
    expect(await run('show')).toBe(0);
    expect(printed).toEqual([expect.stringMatching(/^version [0-9a-f]{12}, 1 site$/), 'wiki.example.com']);
  });

  it('and what the gateway of this version does not take of it', async () => {
    const { run, told } = start({ stored: '[{"host":"wiki.example.com","rotes":[]}]' });
    expect(await run('show')).toBe(1);
    expect(told.join('\n')).toContain('rotes');
  });
});

describe('with the namespace CONFIGURATION', () => {
  const issuesOf = (values: Record<string, unknown>, namespaces?: string[]) => {
    const { bed } = start(namespaces && { namespaces });
    return createInstallation(bed.wrangler, { ...bed.values, ...values }).issues.map(({ variable }) => variable);
  };
  const secret = `${'f'.repeat(20)}0a1b2c3d4e5f60718293a4b5c6d7e8f9`;

  it('a secret may be one of the list’s; a misspelled name is still a problem', () => {
    expect(issuesOf({ WIKI_SECRET: secret })).toEqual([]);
    expect(issuesOf({ WIKI_SECRET: secret }, ['SESSIONS'])).toEqual(['WIKI_SECRET']);
    expect(issuesOf({ UPSTREM_SECRET: secret, CLAIMS_MAX_AG: 5, WIKI_KEY: secret })).toEqual([
      'UPSTREM_SECRET',
      'CLAIMS_MAX_AG',
      'WIKI_KEY',
    ]);
  });

  it('SITES of the variables is said to count no longer', () => {
    const { bed } = start();
    const SITES = [{ host: 'wiki.example.com' }];
    const { warnings } = createInstallation(bed.wrangler, { ...bed.values, SITES });
    expect(warnings).toContainEqual(expect.stringContaining('only while CONFIGURATION has no list'));
  });
});
