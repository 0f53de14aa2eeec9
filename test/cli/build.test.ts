// `build`: what of wrangler.toml and postern.toml becomes a module of the worker, and what is refused, for every environment at once.

import { existsSync, readFileSync, statSync } from 'node:fs';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { runBuild } from '../../cli/build/command.ts';
import { createSystem } from '../../cli/support/this-system.ts';
import { createFolder, environment, type Folder, TOP, variables } from './folder.ts';

const BUILT = '.postern/variables.json';
const folders: Folder[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) folder.remove();
});

const WRANGLER = `${TOP}\n[vars]${variables('app.example.com')}`;
const STAGING = `${WRANGLER}${environment('staging', 'POSTERN_ENV = "staging"')}`;
const ROUTES = '[[vars.ROUTES]]\npath = "/admin/*"\nroles = ["admin"]\n';
const STAGING_ROUTES = '[[env.staging.vars.ROUTES]]\npath = "/test/*"\naccess = "public"\n';

async function build(wrangler: string, postern?: string, command?: string) {
  const folder = createFolder({ 'wrangler.toml': wrangler, ...(postern !== undefined && { 'postern.toml': postern }) });
  folders.push(folder);
  const run = async () => {
    const said: string[] = [];
    const system = {
      ...createSystem(),
      print: (line: string) => void said.push(line),
      tell: (line: string) => void said.push(line),
      hasColour: { print: false, tell: false },
      env: { WRANGLER_COMMAND: command },
    };
    const code = await runBuild(['--config', folder.config], system);
    const built = existsSync(folder.path(BUILT)) ? JSON.parse(readFileSync(folder.path(BUILT), 'utf8')) : undefined;
    return { code, said: said.join('\n'), built };
  };
  return { ...(await run()), run, folder };
}

describe('postern build: postern.toml becomes a module of the worker', () => {
  it('has the tables of the top, and of every environment', async () => {
    expect(await build(STAGING, ROUTES + STAGING_ROUTES)).toMatchObject({
      code: 0,
      built: {
        vars: { ROUTES: [{ path: '/admin/*', roles: ['admin'] }] },
        env: { staging: { ROUTES: [{ path: '/test/*', access: 'public' }] } },
      },
    });
  });

  it('is an empty one without a postern.toml', async () => {
    expect(await build(STAGING)).toMatchObject({ code: 0, built: {} });
  });

  it('an environment that postern.toml does not name needs no POSTERN_ENV', async () => {
    const built = await build(WRANGLER + environment('staging'), ROUTES);
    expect(built).toMatchObject({ code: 0, built: { env: { staging: {} } } });
  });

  it('variables may be missing at the top, when only environments are deployed', async () => {
    expect((await build(TOP + environment('staging'), ROUTES)).code).toBe(0);
  });

  it('is not written again when nothing has changed, for whoever watches it', async () => {
    const { folder, run } = await build(WRANGLER, ROUTES);
    const before = statSync(folder.path(BUILT)).ino;
    await run();
    expect(statSync(folder.path(BUILT)).ino).toBe(before);
    folder.write({ 'postern.toml': STAGING_ROUTES.replace('env.staging.', '') });
    expect(await run()).toMatchObject({ built: { vars: { ROUTES: [{ path: '/test/*' }] } } });
  });

  it('and one that was there stays when the new one is refused', async () => {
    const { folder, run } = await build(WRANGLER, ROUTES);
    folder.write({ 'postern.toml': ROUTES.replace('/admin', 'admin') });
    expect(await run()).toMatchObject({ code: 1, built: { vars: { ROUTES: [{ path: '/admin/*' }] } } });
  });
});

const LONG = `ROUTES = [{ path = "/${'x'.repeat(5_200)}" }]`;

describe('postern build for an environment that the shell names (CLOUDFLARE_ENV)', () => {
  afterEach(() => vi.unstubAllEnvs());

  it.each([
    ['nope', WRANGLER, 2, 'wrangler.toml has no [env.nope]: it has no environments'],
    ['nope', STAGING, 2, 'wrangler.toml has no [env.nope]: there are staging'],
    ['staging', STAGING, 0, ''],
    ['', WRANGLER, 0, ''],
  ])('%j', async (name, wrangler, code, said) => {
    vi.stubEnv('CLOUDFLARE_ENV', name);
    const outcome = await build(wrangler, ROUTES);
    expect(outcome.code).toBe(code);
    expect(outcome.said).toContain(said);
    expect(outcome.built === undefined).toBe(code !== 0);
  });
});

describe('postern build refuses', () => {
  it.each<[what: string, wrangler: string, postern: string | undefined, said: RegExp]>([
    ['a secret', WRANGLER, '[vars]\nSESSION_SECRET = "hunter2hunter2"\n', /SESSION_SECRET.*no secret in a file/],
    [
      'a secret of an environment',
      STAGING,
      '[env.staging.vars]\nOPERATOR_SECRET = "hunter2"',
      /env\.staging\.vars.*no secret/,
    ],
    [
      'a plain variable',
      WRANGLER,
      '[vars]\nUPSTREAM_URL = "https://x.example"',
      /UPSTREAM_URL goes into wrangler\.toml/,
    ],
    ['a misspelled name', WRANGLER, '[[vars.ROUTS]]\npath = "/"', /did you mean ROUTES/],
    ['a table outside [vars]', WRANGLER, '[[ROUTES]]\npath = "/"', /ROUTES, in postern\.toml.*\[vars\]/],
    ['anything else of an environment', STAGING, '[env.staging]\nname = "x"', /name, in \[env\.staging\]/],
    ['[vars] that are no table', WRANGLER, 'vars = 3', /vars of postern\.toml.*a table/],
    [
      'an environment that is not there',
      STAGING,
      '[[env.stagin.vars.ROUTES]]\npath = "/"',
      /env\.stagin.*one of staging/,
    ],
    ['a rule', WRANGLER, ROUTES.replace('roles', 'rols'), /route 1, rols.*did you mean "roles"/],
    [
      'a rule of an environment',
      STAGING,
      STAGING_ROUTES.replace('/test', 'test'),
      /\[env\.staging\] ROUTES, route 1, path/,
    ],
    ['a variable of wrangler.toml', WRANGLER.replace('https://acme', 'acme'), undefined, /ZITADEL_DOMAIN/],
    [
      'a name in both files',
      `${WRANGLER}\n[[vars.ROUTES]]\npath = "/"\n`,
      ROUTES,
      /ROUTES: found a value in postern\.toml, and another/,
    ],
    [
      'in both for an environment',
      `${STAGING}\nROUTES = [{ path = "/" }]\n`,
      ROUTES,
      /\[env\.staging\] ROUTES: found a value in postern\.toml/,
    ],
    [
      'an environment that does not say which',
      WRANGLER + environment('staging'),
      STAGING_ROUTES,
      /POSTERN_ENV = "staging" in \[env\.staging\.vars\]/,
    ],
    ['one that says another', STAGING.replace('"staging"', '"production"'), STAGING_ROUTES, /found "production"/],
    [
      'a top that says it is an environment',
      `${WRANGLER}\nPOSTERN_ENV = "staging"${environment('staging')}`,
      ROUTES,
      /none at the top/,
    ],
    [
      'a variable of more than 5 KB',
      `${WRANGLER}\n${LONG}`,
      undefined,
      /ROUTES has 5,\d\d\d bytes.*move it into postern\.toml/,
    ],
    [
      'one of an environment',
      `${WRANGLER}${environment('staging', LONG)}`,
      undefined,
      /\[env\.staging\] the variable ROUTES has 5,/,
    ],
  ])('%s', async (_what, wrangler, postern, said) => {
    const result = await build(wrangler, postern);
    expect(result).toMatchObject({ code: 1, said: expect.stringMatching(said), built: undefined });
    expect(result.said).not.toContain('hunter2');
  });

  it.each([
    ['wrangler.toml', '[vars\n', undefined],
    ['postern.toml', WRANGLER, '[vars]\nROUTES = 3x\n'],
  ])('a %s that is no TOML: exit 2, with the line', async (name, wrangler, postern) => {
    const { code, said } = await build(wrangler, postern);
    expect(code).toBe(2);
    expect(said).toMatch(new RegExp(`${name} can’t be read: .*line \\d`));
  });

  it('under `wrangler dev`, what the gateway’s own page shows is only said', async () => {
    const result = await build(WRANGLER, ROUTES.replace('roles', 'rols'), 'dev');
    expect(result).toMatchObject({
      code: 0,
      built: { vars: {} },
      said: expect.stringContaining('would not be deployed'),
    });
  });

  it('but a secret in postern.toml is refused there, too', async () => {
    expect(await build(WRANGLER, '[vars]\nSESSION_SECRET = "x"\n', 'dev')).toMatchObject({ code: 1, built: undefined });
  });
});
