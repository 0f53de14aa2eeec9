// `npx postern setup` on a terminal: what it asks for, and what it proposes.

import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { setup } from '../../../cli/setup/command.ts';
import { type Bed, CONFIG, createBed, createTestSystem, only, scriptedPrompts } from '../setup-bed.ts';

let bed: Bed;
beforeEach(async () => {
  bed = await createBed();
});
afterEach(async () => await bed.stop());

describe('postern setup on a terminal asks for what is missing', () => {
  const run = async (answers: Readonly<Record<string, string>>) => {
    const [asked, told]: [string[], string[]] = [[], []];
    const system = {
      ...createTestSystem(),
      ...bed.clock,
      prompts: scriptedPrompts(answers, asked),
      tell: (line: string) => void told.push(line),
    };
    return { code: await setup(['--config', bed.path(CONFIG)], system), asked, told: told.join('\n') };
  };

  it('and proposes what wrangler.toml says', async () => {
    const { code, asked } = await run({
      'ZITADEL’s domain': bed.domain,
      'Path of the key file': bed.path('key.json'),
      Somebody: 'Bob Jones <bob@example.com>',
      'Their roles': 'staff',
    });
    expect(code).toBe(0);
    expect(asked.map((message) => message.split(/[ ,:]/)[0])).toEqual([
      'ZITADEL’s',
      'Public',
      'URL',
      'How',
      'Path',
      'Roles',
      'Somebody',
      'Their',
      'Set',
    ]);
    expect([...only(bed.zitadel.store.projects).roles.keys()]).toEqual(['staff', 'admin']);
    expect(only(bed.zitadel.store.authorizations).roleKeys).toEqual(['staff']);
  });

  it('and the roles that the rules of postern.toml ask for', async () => {
    const text = await bed.read(CONFIG);
    await bed.write(CONFIG, text.slice(0, text.indexOf('[[vars.ROUTES]]')));
    await bed.write('postern.toml', '[[vars.ROUTES]]\npath = "/*"\nroles = ["editor", "reader", "editor"]\n');
    await bed.setup();
    expect([...only(bed.zitadel.store.projects).roles.keys()]).toEqual(['editor', 'reader']);
  });

  it('and changes nothing when the last question is answered with no', async () => {
    const { code, told } = await run({
      'ZITADEL’s domain': bed.domain,
      'Path of the key file': bed.path('key.json'),
      'Set up': 'no',
    });
    expect(code).toBe(1);
    expect(told).toContain('nothing was changed');
    expect(bed.zitadel.store.projects.size).toBe(0);
  });
});
