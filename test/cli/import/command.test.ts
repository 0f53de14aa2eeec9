// `postern import`: what it writes and when it does not, what it says, and that no secret is in either. Wrangler's reader and `explain` read it.

import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { parse } from 'smol-toml';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { explain } from '../../../cli/explain/command.ts';
import { runImport } from '../../../cli/import/command.ts';
import { writeComment, writeValue } from '../../../cli/import/toml.ts';
import { loadInstallation } from '../../../cli/installation/installation.ts';
import { createSystem } from '../../../cli/support/this-system.ts';

const SECRETS = [
  's3cr3t-of-the-client',
  's3cr3t-of-the-cookie',
  's3cr3t-of-redis',
  's3cr3t-of-an-upstream',
  's3cr3t-of-nobody-knows-what',
];
const CFG = `provider = "oidc"
oidc_issuer_url = "https://login.example.com"
client_id = "249703852243222581"
client_secret = "${SECRETS[0]}"
cookie_secret = "${SECRETS[1]}"
redis_connection_url = "redis://user:${SECRETS[2]}@redis:6379"
redirect_url = "https://app.example.com/oauth2/callback"
email_domains = ["*"]
upstreams = ["http://user:${SECRETS[3]}@app.example.net/"]
my_own_option = "${SECRETS[4]}"
signature_key = "sha1:${SECRETS[4]}"
allowed_groups = ["staff"]
skip_auth_routes = ["^/open/", "\\\\.png$"]
`;

let place: string;
beforeEach(() => {
  place = mkdtempSync(join(tmpdir(), 'postern-import-'));
});
afterEach(() => rmSync(place, { recursive: true, force: true }));

const at = (name: string) => join(place, name);
const read = (name: string) => readFileSync(at(name), 'utf8');

function put(name: string, text: string): string {
  writeFileSync(at(name), text);
  return at(name);
}

async function run(...args: readonly string[]) {
  const printed: string[] = [];
  const told: string[] = [];
  const system = {
    ...createSystem(),
    print: (line: string) => void printed.push(line),
    tell: (line: string) => void told.push(line),
    prompts: undefined,
  };
  const code = await runImport(args, system);
  return { code, printed: printed.join('\n'), told: told.join('\n') };
}

const ask = async (config: string, ...question: readonly string[]) => {
  const { output } = await explain(
    [...question, '--config', config],
    async (where) => (await loadInstallation(where)).usable,
  );
  return /^answer +(.*)$/m.exec(output)?.[1];
};

describe('what is written', () => {
  it('a wrangler.toml that the worker’s loader takes and explain answers on; the list; no secret anywhere', async () => {
    const { code, printed, told } = await run(put('oauth2-proxy.cfg', CFG), '--out', at('wrangler.toml'));
    expect([code, told]).toEqual([0, '']);
    const config = at('wrangler.toml');
    expect((await loadInstallation({ config })).usable).toMatchObject({ ok: true });
    expect(await ask(config, 'GET', '/open/x', '--anonymous')).toMatch(/^passed on/);
    expect(await ask(config, 'GET', '/', '--roles', 'other')).toBe('403');
    expect(await ask(config, 'GET', '/', '--roles', 'staff')).toMatch(/^passed on/);
    for (const heading of ['Closed, or narrower', 'Not carried over', 'Not needed', 'Secrets'] as const)
      expect(printed).toContain(heading);
    for (const said of [
      'signature-key',
      'my-own-option',
      'SESSION_SECRET',
      'ZITADEL_CLIENT_SECRET',
      'npx wrangler secret put',
      '*.png',
    ])
      expect(printed).toContain(said);
    for (const secret of SECRETS) expect([printed, read('wrangler.toml')].join()).not.toContain(secret);
    expect(read('wrangler.toml')).toContain('pattern = "app.example.com"');
    expect(read('wrangler.toml')).toMatch(/^name = "[a-z0-9-]+"$/m);
  });

  it('never over what is there, unless it is told to', async () => {
    const file = put('o.cfg', CFG);
    put('wrangler.toml', 'name = "mine"\n');
    const refused = await run(file, '--out', at('wrangler.toml'));
    expect(refused).toMatchObject({ code: 1, printed: '' });
    expect(refused.told).toContain('is there already: nothing was written');
    expect(read('wrangler.toml')).toBe('name = "mine"\n');
    expect(await run(file, '--out', at('wrangler.toml'), '--force')).toMatchObject({ code: 0 });
    expect(read('wrangler.toml')).toContain('ZITADEL_CALLBACK_URL');
  });

  it.each([['--dry-run'], ['--out', '-']])(
    '%s %s prints the file, says the list beside it, and writes nothing',
    async (...flags) => {
      const { code, printed, told } = await run(put('o.cfg', CFG), ...flags);
      expect(code).toBe(0);
      expect(parse(printed)).toMatchObject({ vars: { UPSTREAM_URL: 'http://app.example.net' } });
      expect(told).toContain('nothing written');
      expect(existsSync(at('wrangler.toml'))).toBe(false);
    },
  );

  it('--json is the result, notes and all', async () => {
    const { printed } = await run(put('o.cfg', CFG), '--json', '--out', at('wrangler.toml'));
    const result = JSON.parse(printed);
    expect(result).toMatchObject({ ok: true, from: 'oauth2-proxy', written: [at('wrangler.toml')], problems: [] });
    expect(result.routes.at(-1)).toEqual({ path: '/*', roles: ['staff'] });
    for (const secret of SECRETS) expect(printed).not.toContain(secret);
  });

  it('rules that are too long for a variable, or beside a postern.toml, stand in postern.toml', async () => {
    const many = Array.from({ length: 90 }, (_, i) => `"^/a-rather-long-name-of-a-folder-${i}/"`).join(', ');
    const file = put('o.cfg', CFG.replace(/skip_auth_routes = .*/, `skip_auth_routes = [${many}]`));
    expect((await run(file, '--out', at('wrangler.toml'))).code).toBe(0);
    expect(parse(read('wrangler.toml'))['vars']).not.toHaveProperty('ROUTES');
    expect((await loadInstallation({ config: at('wrangler.toml') })).usable).toMatchObject({ ok: true });
    const short = put('short.cfg', CFG);
    expect((await run(short, '--out', at('wrangler.toml'))).code).toBe(1);
    expect((await run(short, '--out', at('wrangler.toml'), '--force')).code).toBe(0);
    expect(await ask(at('wrangler.toml'), 'GET', '/open/x', '--anonymous')).toMatch(/^passed on/);
    expect(await ask(at('wrangler.toml'), 'GET', '/a-rather-long-name-of-a-folder-1/', '--anonymous')).toMatch(/^302/);
  });

  it('what is said on the command line goes before what stands in the files', async () => {
    const flags = [
      '--url',
      'https://new.example.com',
      '--upstream',
      'https://origin.example.net',
      '--domain',
      'https://id.example.com',
      '--name',
      'gate',
    ];
    await run(put('o.cfg', CFG), '--out', at('wrangler.toml'), ...flags);
    expect(parse(read('wrangler.toml'))).toMatchObject({
      name: 'gate',
      vars: {
        UPSTREAM_URL: 'https://origin.example.net',
        ZITADEL_DOMAIN: 'https://id.example.com',
        ZITADEL_CALLBACK_URL: 'https://new.example.com/auth/callback',
      },
    });
  });
});

describe('files with several hosts', () => {
  const SITES = `routes:
  - { from: "https://a.example.com", to: "http://a", allow_any_authenticated_user: true }
  - { from: "https://b.example.com", to: "http://b", policy: { allow: { or: [{ groups: staff }] } } }
`;

  it('are one gateway, on which explain answers at each host', async () => {
    const { code, printed } = await run(put('p.yaml', SITES), '--out', at('wrangler.toml'));
    expect([code, printed]).toEqual([0, expect.stringContaining('1 further site: b.example.com')]);
    const config = at('wrangler.toml');
    expect(await ask(config, 'GET', 'https://b.example.com/', '--roles', 'staff')).toMatch(/^passed on/);
    expect(await ask(config, 'GET', 'https://b.example.com/', '--roles', 'other')).toBe('403');
    expect(await ask(config, 'GET', 'https://a.example.com/', '--roles', 'other')).toMatch(/^passed on/);
  });

  it('--host says which is the first, --only that there is no other', async () => {
    const json = async (...flags: readonly string[]) =>
      JSON.parse((await run(put('p.yaml', SITES), '--json', '--dry-run', ...flags)).printed);
    expect(await json('--host', 'B.example.com')).toMatchObject({
      vars: { UPSTREAM_URL: 'http://b' },
      sites: [{ host: 'a.example.com', upstream: 'http://a' }],
      other_hosts: [],
    });
    expect(await json('--host', 'b.example.com', '--only')).toMatchObject({
      sites: [],
      other_hosts: ['a.example.com'],
    });
    expect(await json('--only')).toMatchObject({ vars: { UPSTREAM_URL: 'http://a' }, sites: [] });
    expect(await run(put('p.yaml', SITES), '--host', '*.example.com')).toMatchObject({ code: 2 });
  });

  it('a list among the variables is one', async () => {
    const file = put('o.cfg', `${CFG}skip_jwt_bearer_tokens = true\noidc_extra_audiences = ["a", "b"]\n`);
    expect((await run(file, '--out', at('wrangler.toml'))).code).toBe(0);
    expect(parse(read('wrangler.toml'))).toMatchObject({ vars: { ZITADEL_AUDIENCE: ['a', 'b'] } });
  });
});

describe('whose files they are', () => {
  it.each([
    ['oauth2-proxy', 'o.cfg', 'client_id = "x"\nemail_domains = "*"\n'],
    ['oauth2-proxy', 'env', 'OAUTH2_PROXY_EMAIL_DOMAINS=*\n'],
    ['oauth2-proxy', 'alpha.yaml', 'upstreamConfig:\n  upstreams: []\n'],
    ['Pomerium', 'config.yaml', 'routes:\n  - from: https://a.example.com\n    to: http://b\n'],
    ['mod_auth_openidc', 'site.conf', 'OIDCClientID x\n<Location />\n</Location>\n'],
    ['Cloudflare Access', 'config.yml', 'tunnel: x\ningress:\n  - service: http_status:404\n'],
    ['Cloudflare Access', 'apps.json', '{"result":[{"domain":"a.example.com","session_duration":"24h"}]}'],
  ])('%s by its content: %s', async (title, name, text) => {
    expect(JSON.parse((await run(put(name, text), '--json', '--dry-run')).printed)).toMatchObject({ from: title });
  });

  it.each([
    ['nobody’s', ['notes.txt', 'hello\n'], 'none of the files is known'],
    ['of two', ['both.yaml', 'routes: []\n---\n{}'], undefined],
    ['broken YAML, without a word of it', ['config.yaml', 'routes:\n  - from: "s3cr3t-of-the-client\n'], 'line'],
  ])('%s', async (_, [name = '', text = ''], said) => {
    const { code, told } = await run(put(name, text), '--dry-run');
    if (said === undefined) return expect(code).toBe(0);
    expect(code).not.toBe(0);
    expect(told).toContain(said);
    expect(told).not.toContain('s3cr3t');
  });

  it('two gateways at once, a file that is not there, a host that is not in it, an unknown --from', async () => {
    const [one, other] = [
      put('o.cfg', CFG),
      put('p.yaml', 'routes:\n  - { from: "https://a.example.com", to: "http://b" }\n'),
    ];
    expect((await run(one, other)).told).toContain('several gateways');
    expect(await run(at('gone.cfg'))).toMatchObject({ code: 1 });
    expect(await run(other, '--host', 'b.example.com')).toMatchObject({ code: 2 });
    expect(await run(other, '--from', 'nginx')).toMatchObject({ code: 2 });
    expect(await run()).toMatchObject({ code: 2 });
  });
});

describe('a stranger’s text', () => {
  it('stays a value, and a comment one line', () => {
    const value = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.integer(),
      fc.boolean(),
      fc.array(fc.string({ unit: 'binary' })),
      fc.dictionary(
        fc.string({ unit: 'binary' }).filter((key) => key !== '__proto__'),
        fc.string(),
      ),
    );
    fc.assert(
      fc.property(value, fc.string({ unit: 'binary' }), (given, comment) => {
        const parsed = parse(`${writeComment(comment)}value = ${writeValue(given)}\n`);
        expect(JSON.stringify(parsed)).toBe(JSON.stringify({ value: given }));
      }),
    );
  });

  it.each(['routes: only text', 'routes: "===="', 'policy: YQ==', 'ingress: =\nroutes: x=x '])(
    'of Pomerium that names a text for its routes (%j) is told what is wanted',
    async (content) => {
      const { told } = await run(put('any', content), '--from', 'pomerium', '--dry-run');
      expect(told).toContain('wanted a list of routes');
    },
  );

  it('of Pomerium with an address that is none is told so', async () => {
    const content =
      'routes:\n- from: https://a.example.com &a\n  to: http://b\n- from: https://c.example.com\n  to: http://d';
    const { told } = await run(put('any', content), '--from', 'pomerium', '--dry-run');
    expect(told).toContain('its `from` is no address');
  });

  it('of YAML that holds itself by an alias is refused', async () => {
    const { told } = await run(put('any', '&a\nroutes: *a'), '--from', 'pomerium', '--dry-run');
    expect(told).toContain('can’t be read as YAML');
  });

  it('no file makes it fall over', async () => {
    const word = fc.constantFrom(
      'routes:',
      '- from: https://a.example.com',
      'OIDCClientID x',
      '<Location />',
      '</Location>',
      'Require',
      'upstreams = [',
      '"http://x"',
      ']',
      'ingress:',
      '  - service: x',
      '--upstream',
      '=',
      '{',
      '}',
      'policy:',
      '&a',
      '*a',
      'OAUTH2_PROXY_UPSTREAMS=x',
      '<If>',
      '\\',
      '"',
    );
    const text = fc
      .array(fc.tuple(word, fc.constantFrom(' ', '\n', '\n  ')), { maxLength: 20 })
      .map((words) => words.flat().join(''));
    await fc.assert(
      fc.asyncProperty(
        text,
        fc.constantFrom('oauth2-proxy', 'pomerium', 'apache', 'cloudflared'),
        async (content, from) => {
          const { told } = await run(put('any', content), '--from', from, '--dry-run');
          expect(told).not.toContain('mistake in the command');
        },
      ),
      { numRuns: 60 },
    );
  });
});
