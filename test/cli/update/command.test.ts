// `postern update`: what is asked before anything is changed, what is changed, and what is left when something fails.

import { existsSync, rmSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type Bed, OLD, useBeds } from './bed.ts';

let bed: Bed;
const use = useBeds((made) => {
  bed = made;
});

const installed = () => bed.calls.filter((call) => call.includes('--save-exact'));

describe('postern update changes nothing', () => {
  const untouched = async (...args: string[]) => {
    const before = ['package.json', 'wrangler.toml'].map(bed.read);
    const outcome = await bed.run(...args);
    expect(['package.json', 'wrangler.toml'].map(bed.read)).toEqual(before);
    expect(JSON.parse(bed.read('node_modules/postern/package.json')).version).toBe('0.1.0');
    return outcome;
  };

  it.each([[[]], [['--dry-run']], [['--dry-run', '--yes']], [['--json']]])(
    'by %j, without a terminal',
    async (args) => {
      expect(await untouched(...args)).toMatchObject({ code: 0 });
      expect(installed()).toEqual([]);
    },
  );

  it('where it is not confirmed', async () => {
    bed.confirms = false;
    expect(await untouched()).toMatchObject({ code: 1, told: expect.stringContaining('not confirmed') });
    expect(installed()).toEqual([]);
  });

  it('where wrangler.toml is edited while the question is open', async () => {
    bed.confirms = () => {
      bed.write('wrangler.toml', `${bed.read('wrangler.toml')}# later\n`);
      return true;
    };
    expect(await bed.run()).toMatchObject({ code: 1, told: expect.stringContaining('has changed meanwhile') });
    expect(installed()).toEqual([]);
  });

  it.each([
    [
      'finds something failed',
      'doctor',
      1,
      '{"ok":false,"findings":[{"check":"configuration","status":"failed","found":"GONE: unknown","cure":"remove it"}]}',
      'GONE: unknown',
    ],
    ['can’t read it', 'doctor', 2, '{"ok":false,"error":"broken","hints":["mend it"]}', 'broken'],
    ['falls over', 'doctor', 1, 'no JSON', 'ended with code 1'],
    ['decides otherwise than is expected', 'explain', 1, 'line 1: GET / → 200\n  but it is 401', 'but it is 401'],
    ['can’t read what is expected', 'explain', 2, '', 'policy-tests'],
  ])('where the new version %s', async (_name, word, code, stdout, said) => {
    bed.write('policy-tests', 'GET / → 200\n');
    bed.answers.set(word, { code, stdout });
    const { code: ended, printed, told } = await untouched('--yes');
    expect(ended).toBe(1);
    expect(printed).toContain(said);
    expect(told).toContain('0.3.0 refuses this configuration: nothing was changed');
    expect(installed()).toEqual([]);
    const { printed: json } = await untouched('--yes', '--json');
    expect(JSON.parse(json)).toMatchObject({ ok: false, status: 'refused' });
  });

  it('where npm can’t install it: package.json and its lock are put back', async () => {
    bed.installFails = true;
    bed.write('package-lock.json', '{}');
    const { code, told } = await untouched('--yes');
    expect({ code, told }).toEqual({ code: 1, told: expect.stringContaining('ERESOLVE') });
    expect(bed.read('package-lock.json')).toBe('{}');
    rmSync('package-lock.json');
    await untouched('--yes');
    expect(existsSync('package-lock.json')).toBe(false);
  });

  it('a warning about a setting is shown, and is no refusal', async () => {
    const stdout =
      '{"ok":true,"findings":[{"check":"configuration","status":"warning","found":"OLD is now NEW","cure":"write NEW"}]}';
    bed.answers.set('doctor', { code: 0, stdout });
    expect(await untouched()).toMatchObject({ code: 0, printed: expect.stringContaining('OLD is now NEW') });
  });
});

describe('what postern update changes', () => {
  it('confirmed on a terminal, it is installed', async () => {
    bed.confirms = true;
    expect(await bed.run()).toMatchObject({ code: 0, printed: expect.stringContaining('Postern 0.3.0 is installed') });
  });

  it('wrangler and node are raised where they are pinned to older versions, and only there', async () => {
    await bed.run('--yes');
    expect(installed()[0]?.split(' ').slice(-3)).toEqual([
      'postern@0.3.0',
      `wrangler@${OLD.tools.wrangler}`,
      `node@${OLD.tools.node}`,
    ]);
    bed.remove();
    use({ postern: '0.1.0', wrangler: '^4.0.0', node: '99.0.0' });
    bed.published.set('postern@latest', { version: '0.3.0', release: OLD });
    bed.published.set('postern@0.3.0', { version: '0.3.0', release: OLD });
    await bed.run('--yes');
    expect(installed()[0]?.endsWith(' postern@0.3.0')).toBe(true);
  });

  it('every gateway of wrangler.toml is looked at: the top where it has variables, and each environment', async () => {
    const text = bed.read('wrangler.toml');
    bed.write('wrangler.toml', `${text}\n[env.staging.vars]\nUPSTREAM_URL = "x"\n[env.eu]\n`);
    await bed.run();
    const asked = () => bed.calls.filter((call) => call.startsWith('doctor')).map((call) => call.split(' ').at(-1));
    expect(asked()).toEqual(['--env=', '--env=staging', '--env=eu']);
    bed.calls.length = 0;
    bed.write('wrangler.toml', 'name = "x"\n[env.eu]\n');
    await bed.run();
    expect(asked()).toEqual(['--env=eu']);
  });

  it('--json says all of it', async () => {
    const changelog = '## 0.3.0 - 2027-01-01\n\n### Added\n\n* A thing\n\n## 0.1.0 - 2026-11-21\n';
    const variables = { ...OLD.variables, NEW_ONE: { kind: 'list', isRequired: true } };
    bed.published.set('postern@0.3.0', {
      version: '0.3.0',
      changelog,
      release: { ...OLD, variables, compatibilityDate: '2026-12-01' },
    });
    const { code, printed } = await bed.run('--json');
    expect(code).toBe(0);
    expect(JSON.parse(printed)).toMatchObject({
      ok: true,
      status: 'shown',
      from: '0.1.0',
      to: '0.3.0',
      direction: 'update',
      changelog: [{ version: '0.3.0', date: '2027-01-01', groups: [{ kind: 'Added', entries: ['A thing'] }] }],
      differences: {
        settings: [{ change: 'new', name: 'NEW_ONE', of: 'variable' }],
        compatibilityDate: { from: '2026-07-30', to: '2026-12-01' },
      },
      trials: [{ environment: null, ok: true }],
      edits: [{ removed: ['compatibility_date = "2026-07-30"'], added: ['compatibility_date = "2026-12-01"'] }],
      byHand: [],
    });
  });

  it('an installed version that does not say which settings it has is updated all the same', async () => {
    rmSync('node_modules/postern/dist/schema.json');
    expect(await bed.run('--yes')).toMatchObject({
      code: 0,
      printed: expect.stringContaining('does not say which it has'),
    });
  });
});
