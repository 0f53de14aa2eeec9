// `--config` and `--env` of every command: one reading of the files, and an environment that is not there is an error.

import { afterAll, afterEach, describe, expect, it, vi } from 'vitest';
import { runDeploy } from '../../cli/deploy/command.ts';
import { runDoctor } from '../../cli/doctor/command.ts';
import { explain } from '../../cli/explain/command.ts';
import { loadInstallation } from '../../cli/installation/installation.ts';
import { runSessions } from '../../cli/sessions/command.ts';
import { setup } from '../../cli/setup/command.ts';
import { createSystem } from '../../cli/support/this-system.ts';
import { users } from '../../cli/users/command.ts';
import { createFolder, environment, TOP, variables } from './folder.ts';

const SECRET = 'c4e1a97d5b2f8063e9d4c7a1b5f20896d3e7c1a4b8f5029663d7e0a1c4b8f592';
const folder = createFolder({
  'wrangler.toml': `${TOP}\n[vars]${variables('app.example.com')}${environment('staging', 'POSTERN_ENV = "staging"')}${environment('bare')}`,
  'postern.toml': `[[vars.ROUTES]]\npath = "/top/*"\nroles = ["admin"]\n[vars.ROLE_MAP]\nadmins = "admin"\n[[env.staging.vars.ROUTES]]\npath = "/staging/*"\n`,
  '.dev.vars': `OPERATOR_SECRET=${SECRET}\n`,
  '.dev.vars.staging': `OPERATOR_SECRET=staging-${SECRET}\n`,
  'secrets.env': `SESSION_SECRET='${'x'.repeat(6_000)}'\n`,
  'secrets.json': JSON.stringify({ SESSION_SECRET: 'x'.repeat(6_000) }),
  'broken.json': '{"SESSION_SECRET":"hunter2',
});
afterAll(() => folder.remove());
afterEach(() => vi.unstubAllEnvs());

type Run = (args: readonly string[]) => Promise<{ code: number; said: string; asked: readonly string[] }>;

function withSystem(work: (args: readonly string[], system: ReturnType<typeof createSystem>) => Promise<number>): Run {
  return async (args) => {
    const said: string[] = [];
    const asked: string[] = [];
    const system = {
      ...createSystem(),
      print: (line: string) => void said.push(line),
      tell: (line: string) => void said.push(line),
      prompts: undefined,
      env: {},
      fetch: async (url: string, init: RequestInit) => {
        asked.push(`${url} ${new Headers(init.headers).get('authorization')}`);
        return Response.json({ sub: 'x', sessions: [] });
      },
    };
    const code = await work([...args, '--config', folder.config], system);
    return { code, said: said.join('\n'), asked };
  };
}

const wrangled: (readonly string[])[] = [];
const COMMANDS: Readonly<Record<string, Run>> = {
  doctor: withSystem((args, system) =>
    runDoctor([...args, '--local'], system, { load: loadInstallation, lookup: async () => [] }),
  ),
  deploy: withSystem((args, system) =>
    runDeploy(args, system, { load: loadInstallation, runWrangler: async (each) => wrangled.push(each) * 0 }),
  ),
  explain: withSystem(async (args, system) => {
    const load = async (place: Parameters<typeof loadInstallation>[0]) => (await loadInstallation(place)).usable;
    const { code, output, errors } = await explain([...args, '--all'], load);
    system.print(output + errors);
    return code;
  }),
  setup: withSystem((args, system) =>
    setup(
      [
        ...args,
        '--domain',
        'https://acme.example',
        '--url',
        'https://x.example',
        '--upstream',
        'https://y.example',
        '--key',
        'none',
      ],
      system,
    ),
  ),
  users: withSystem((args, system) => users(['list', ...args, '--key', 'none'], system)),
  sessions: withSystem((args, system) =>
    runSessions(['--user', 'x', ...args], system, async (place) => {
      const { ZITADEL_CALLBACK_URL: callbackUrl, OPERATOR_SECRET: operatorSecret } = (await loadInstallation(place))
        .environment as Record<string, string>;
      return { callbackUrl, operatorSecret };
    }),
  ),
};

describe('an environment that wrangler.toml does not have', () => {
  it.each(Object.keys(COMMANDS))('is an error of %s, which names those that there are', async (name) => {
    const { code, said, asked } = (await COMMANDS[name]?.(['--env', 'stagin'])) ?? { code: 0, said: '', asked: [] };
    expect(said).toContain('wrangler.toml has no [env.stagin]: there are staging, bare');
    expect(code).toBe(2);
    expect(asked).toEqual([]);
    expect(wrangled).toEqual([]);
  });

  it.each(Object.keys(COMMANDS))('also where the shell names it (CLOUDFLARE_ENV): %s', async (name) => {
    vi.stubEnv('CLOUDFLARE_ENV', 'stagin');
    expect((await COMMANDS[name]?.([]))?.said).toContain('has no [env.stagin]');
  });

  it('is an error that says so where there is none at all', async () => {
    const other = createFolder({ 'wrangler.toml': `${TOP}\n[vars]${variables('app.example.com')}` });
    await expect(loadInstallation({ config: other.config, env: 'staging' })).rejects.toThrow('it has no environments');
    await expect(loadInstallation({ config: other.config, env: '' })).resolves.toBeDefined();
    other.remove();
  });
});

describe('an environment has what the files say of it', () => {
  const routesOf = async (env: string | undefined) => {
    const { config, issues } = await loadInstallation({ config: folder.config, env });
    expect(issues.map(({ variable }) => variable)).toEqual(['SESSION_SECRET']);
    return [config?.origin, config?.routes.map(({ path }) => path), config?.roleMap];
  };

  it.each([
    [undefined, 'https://app.example.com', '/top/*'],
    ['', 'https://app.example.com', '/top/*'],
    ['staging', 'https://staging.example.com', '/staging/*'],
    ['bare', 'https://bare.example.com', '/top/*'],
  ])('%j', async (env, origin, path) => expect(await routesOf(env)).toEqual([origin, [path], { admins: 'admin' }]));

  it('CLOUDFLARE_ENV chooses, unless --env does', async () => {
    vi.stubEnv('CLOUDFLARE_ENV', 'staging');
    expect((await routesOf(undefined))[0]).toBe('https://staging.example.com');
    expect((await routesOf('bare'))[0]).toBe('https://bare.example.com');
    expect((await routesOf(''))[0]).toBe('https://app.example.com');
  });

  it.each([
    [[], `https://app.example.com/auth/operator/sessions?sub=x Bearer ${SECRET}`],
    [['--env', 'staging'], `https://staging.example.com/auth/operator/sessions?sub=x Bearer staging-${SECRET}`],
    [['--env', 'bare'], `https://bare.example.com/auth/operator/sessions?sub=x Bearer ${SECRET}`],
  ])('sessions %j asks the gateway of that environment, with its secret', async (args, asked) => {
    expect(await COMMANDS['sessions']?.(args)).toMatchObject({ code: 0, asked: [asked] });
  });

  it('explain shows its rules', async () => {
    expect((await COMMANDS['explain']?.(['--env', 'staging']))?.said).toContain('/staging/*');
  });
});

describe('--secrets-file of deploy', () => {
  it.each(['secrets.env', 'secrets.json'])('%s is measured, and nothing is deployed', async (name) => {
    const { code, said } = (await COMMANDS['deploy']?.(['--secrets-file', folder.path(name)])) ?? { code: 0, said: '' };
    expect(said).toMatch(/failed +limits +the secret SESSION_SECRET has 6,000 bytes/);
    expect([code, wrangled]).toEqual([1, []]);
  });

  it('one that can’t be read is an error, and nothing of it is shown', async () => {
    const broken = await COMMANDS['deploy']?.(['--secrets-file', folder.path('broken.json')]);
    expect(broken).toMatchObject({ code: 2, said: expect.not.stringContaining('hunter2') });
    const missing = await COMMANDS['deploy']?.(['--secrets-file', folder.path('none')]);
    expect(missing).toMatchObject({ code: 1, said: expect.stringContaining('there is no such file') });
  });
});
