// `npx postern setup` and sites: all are registered, at one application or at their own, and a new one is added. ARCHITECTURE §7 Sites.

import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { unstable_readConfig } from 'wrangler';
import { appendTable } from '../../../cli/setup/toml-text.ts';
import type { Application } from '../../../stand-in/store.ts';
import { type Bed, CONFIG, createBed, only } from '../setup-bed.ts';

let bed: Bed;
beforeEach(async () => {
  bed = await createBed();
});
afterEach(async () => await bed.stop());

const PUBLIC = ['--url', 'https://app.example.com', '--upstream', 'https://app-origin.example.net'];
const SITES = `
[[vars.SITES]]
host = "wiki.example.com"
upstream = "https://wiki-origin.example.net"

[[vars.SITES.routes]]
path = "/edit/*"
roles = ["editor"]

[[vars.SITES]]
host = "*.apps.example.com"
`;
const addSites = async (text = SITES) => bed.write(CONFIG, (await bed.read(CONFIG)) + text);
const applications = () => [...bed.zitadel.store.applications.values()] as Application[];
const written = () => unstable_readConfig({ config: bed.path(CONFIG) }, { hideWarnings: true });
const sitesOf = (vars: unknown) => (vars as { SITES: readonly { host: string }[] }).SITES;
/** As an operator has it after the first set-up. */
const add = (...args: string[]) => bed.setupWith(['--key', bed.path('key.json'), ...args]);

describe('postern setup registers every site', () => {
  it('at the one application; a wildcard needs nothing', async () => {
    await addSites();
    const { code, err, out } = await bed.setup(PUBLIC);
    expect([code, err]).toEqual([0, '']);
    expect(only(bed.zitadel.store.applications)).toMatchObject({
      redirectUris: ['https://app.example.com/auth/callback', 'https://wiki.example.com/auth/callback'],
      postLogoutRedirectUris: [
        'https://app.example.com/auth/logout/callback',
        'https://wiki.example.com/auth/logout/callback',
      ],
      backChannelLogoutUri: 'https://app.example.com/auth/backchannel-logout',
      devMode: false,
    });
    expect(out).toMatch(/made +role editor/);
    expect((await bed.setup(PUBLIC)).out).toContain('Nothing to change');
  });

  it('hosts that only rules name, too', async () => {
    await bed.write(
      CONFIG,
      (await bed.read(CONFIG)).replace('path = "/staff/*"', 'path = "/staff/*"\nhosts = ["staff.example.com"]'),
    );
    await bed.setup(PUBLIC);
    expect(only(bed.zitadel.store.applications).redirectUris).toContain('https://staff.example.com/auth/callback');
  });

  it('the start page, too', async () => {
    await bed.write(
      CONFIG,
      (await bed.read(CONFIG)).replace('\n[vars]\n', '\n[vars]\nPORTAL_HOST = "home.example.com"\n'),
    );
    await bed.setup(PUBLIC);
    expect(only(bed.zitadel.store.applications)).toMatchObject({
      redirectUris: ['https://app.example.com/auth/callback', 'https://home.example.com/auth/callback'],
    });
  });

  it('with a folder and a post-logout address of the first site’s', async () => {
    await addSites();
    const text = await bed.read(CONFIG);
    await bed.write(CONFIG, text.replace('[vars]', '[vars]\nZITADEL_POST_LOGOUT_URL = "https://app.example.com/bye"'));
    await bed.setup(['--url', 'https://app.example.com/sso/cb', ...PUBLIC.slice(2)]);
    expect(only(bed.zitadel.store.applications)).toMatchObject({
      redirectUris: ['https://app.example.com/sso/cb', 'https://wiki.example.com/sso/cb'],
      // The wildcard's hosts sign out by way of the first site's own address.
      postLogoutRedirectUris: [
        'https://app.example.com/bye',
        'https://wiki.example.com/bye',
        'https://app.example.com/sso/logout/callback',
      ],
    });
  });

  it('a dry run says so, and changes nothing', async () => {
    await addSites();
    const before = await bed.read(CONFIG);
    const { out } = await bed.setup([...PUBLIC, '--dry-run']);
    expect(out).toContain('https://wiki.example.com/auth/callback');
    expect(applications()).toEqual([]);
    expect(await bed.read(CONFIG)).toBe(before);
  });

  it('a site with a client id of its own: at that application, back channel included', async () => {
    await bed.setup(PUBLIC);
    const own: Application = {
      ...only(bed.zitadel.store.applications),
      id: 'own',
      clientId: '4711',
      name: 'Wiki',
      redirectUris: [],
      postLogoutRedirectUris: [],
    };
    bed.zitadel.store.applications.set('own', own);
    await addSites(SITES.replace('host = "wiki.example.com"', 'host = "wiki.example.com"\nclient_id = "4711"'));
    expect(await bed.setup(PUBLIC)).toMatchObject({ code: 0, err: '' });
    const [first, second] = applications();
    expect(first?.redirectUris).toEqual(['https://app.example.com/auth/callback']);
    expect(second).toMatchObject({
      clientId: '4711',
      redirectUris: ['https://wiki.example.com/auth/callback'],
      postLogoutRedirectUris: ['https://wiki.example.com/auth/logout/callback'],
      backChannelLogoutUri: 'https://wiki.example.com/auth/backchannel-logout',
    });
    expect((await bed.setup(PUBLIC)).out).toContain('Nothing to change');
  });

  it('and one that is not there is an error, not another application', async () => {
    await addSites(SITES.replace('host = "wiki.example.com"', 'host = "wiki.example.com"\nclient_id = "4711"'));
    const { code, err } = await bed.setup(PUBLIC);
    expect(code).toBe(1);
    expect(err).toContain('client id 4711, which wiki.example.com has');
    expect(applications()).toHaveLength(1);
  });

  it('SITES that make no sense are refused before anything is made', async () => {
    await addSites(SITES.replace('host = "wiki.example.com"', 'hosts = "wiki.example.com"'));
    expect(await bed.setup(PUBLIC)).toMatchObject({
      code: 2,
      err: expect.stringContaining('SITES is not as it should be'),
    });
    expect(applications()).toEqual([]);
  });
});

describe('postern setup --site', () => {
  const WIKI = ['--site', 'Wiki.example.com', '--upstream', 'https://wiki-origin.example.net'];
  beforeEach(async () => {
    await bed.setup(PUBLIC);
  });

  it('registers the site and adds it to wrangler.toml; a second run changes nothing', async () => {
    const before = await bed.read(CONFIG);
    const { code, err, out } = await add(...WIKI);
    expect([code, err]).toEqual([0, '']);
    expect(out).toMatch(/^made +site wiki\.example\.com: \[\[vars\.SITES\]\] in /m);
    expect(await bed.read(CONFIG)).toBe(
      `${before}\n[[vars.SITES]]\nhost = "wiki.example.com"\nupstream = "https://wiki-origin.example.net"\n`,
    );
    expect(only(bed.zitadel.store.applications).redirectUris).toContain('https://wiki.example.com/auth/callback');
    expect((await add(...WIKI)).out).toContain('Nothing to change');
    await add('--site', 'shop.example.net');
    expect(sitesOf(written().vars)).toMatchObject([{ host: 'wiki.example.com' }, { host: 'shop.example.net' }]);
  });

  it('goes below the last site, with what belongs to that', async () => {
    await addSites(SITES.replace(/\n\[\[vars\.SITES\]\]\nhost = "\*[^\n]*\n/, ''));
    await addSites('# the rest\n[placement]\nmode = "smart"\n');
    await add('--site', 'shop.example.net');
    expect(await bed.read(CONFIG)).toContain('roles = ["editor"]\n\n[[vars.SITES]]\nhost = "shop.example.net"\n');
    expect(sitesOf(written().vars)).toMatchObject([{ routes: [{ roles: ['editor'] }] }, { host: 'shop.example.net' }]);
  });

  it('stands in postern.toml where there is one', async () => {
    await bed.write('postern.toml', '[vars.ROLE_MAP]\na = "b"\n');
    await add(...WIKI);
    expect(await bed.read('postern.toml')).toBe(
      '[vars.ROLE_MAP]\na = "b"\n\n[[vars.SITES]]\nhost = "wiki.example.com"\nupstream = "https://wiki-origin.example.net"\n',
    );
    await add('--site', 'shop.example.net');
    expect((await bed.read('postern.toml')).match(/\[\[vars\.SITES\]\]/g)).toHaveLength(2);
    expect((await add('--site', 'shop.example.net')).out).toContain('Nothing to change');
  });

  it('adds its route where routes stand as tables, and says it elsewhere', async () => {
    expect((await add(...WIKI)).out).toContain('no route leads wiki.example.com to the gateway yet');
    const text = await bed.read(CONFIG);
    await bed.write(
      CONFIG,
      text.replace(
        '# [[routes]]\n# pattern = "app.example.com"\n# custom_domain = true',
        '[[routes]]\npattern = "app.example.com"\ncustom_domain = true',
      ),
    );
    const { out } = await add('--site', '*.apps.example.com');
    expect(out).toMatch(/made +route wiki\.example\.com/);
    expect(out).toContain('pattern = "*.apps.example.com/*", zone_name');
    expect(written().routes).toEqual([
      { pattern: 'app.example.com', custom_domain: true },
      { pattern: 'wiki.example.com', custom_domain: true },
    ]);
  });

  it('--own-application makes one for it, and writes its client id', async () => {
    const { code, err } = await add(...WIKI, '--own-application');
    expect([code, err]).toEqual([0, '']);
    const [first, own] = applications();
    expect(first?.redirectUris).toEqual(['https://app.example.com/auth/callback']);
    expect(own).toMatchObject({
      name: 'Postern wiki.example.com',
      redirectUris: ['https://wiki.example.com/auth/callback'],
      backChannelLogoutUri: 'https://wiki.example.com/auth/backchannel-logout',
    });
    expect(sitesOf(written().vars)).toMatchObject([{ host: 'wiki.example.com', client_id: own?.clientId }]);
    expect((await add(...WIKI, '--own-application')).out).toContain('Nothing to change');
  });

  it('--dry-run says what it would do', async () => {
    const before = await bed.read(CONFIG);
    const { out } = await add(...WIKI, '--own-application', '--dry-run');
    expect(out).toMatch(/to make +site wiki\.example\.com/);
    expect(out).toContain('https://wiki.example.com/auth/callback');
    expect([await bed.read(CONFIG), applications().length]).toEqual([before, 1]);
  });

  it.each([
    [['--site', 'https://wiki.example.com'], '"wiki.example.com"'],
    [['--site', 'wiki.example.com.'], 'without the dot'],
    [['--site', 'wiki.example.com', '--upstream', 'ftp://x'], '--upstream'],
    [['--own-application'], '--site HOST'],
  ])('%j makes no sense', async (args, sentence) => {
    expect(await add(...args)).toMatchObject({ code: 2, err: expect.stringContaining(sentence) });
  });

  it.each([
    [['--upstream', 'https://other.example.net'], 'with another upstream'],
    [['--own-application'], 'shares the first site’s application'],
  ])('a site that is there already, and %j', async (args, sentence) => {
    await add(...WIKI);
    expect(await add('--site', 'wiki.example.com', ...args)).toMatchObject({
      code: 2,
      err: expect.stringContaining(sentence),
    });
  });

  it('a list in one value is left to the operator', async () => {
    await bed.write(CONFIG, (await bed.read(CONFIG)).replace('[vars]', `[vars]\nSITES = '[{"host":"a.example"}]'`));
    expect(await add(...WIKI)).toMatchObject({ code: 1, err: expect.stringContaining('[[vars.SITES]]') });
  });
});

describe('appendTable', () => {
  it.each([
    ['', '[[a.B]]\nk = "v"\n'],
    ['x = 1', 'x = 1\n\n[[a.B]]\nk = "v"\n'],
    ['[[a.B]]\nk = 1 # one\n\n# two\n[c]\n', '[[a.B]]\nk = 1 # one\n\n[[a.B]]\nk = "v"\n\n# two\n[c]\n'],
    ['[[a.B]]\n[c]\n', '[[a.B]]\n\n[[a.B]]\nk = "v"\n[c]\n'],
    ['[[a.B]]\n[[a.B.c]]\nd = [\n "]",\n]', '[[a.B]]\n[[a.B.c]]\nd = [\n "]",\n]\n\n[[a.B]]\nk = "v"\n'],
  ])('%j', (before, after) => expect(appendTable(before, 'a.B', { k: 'v', none: undefined })).toBe(after));
});
