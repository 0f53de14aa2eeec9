// The release check, on a release that is in order and on each way in which it is not; and dist/schema.json.

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { judgeRelease, type ReleaseState } from '../../build/release-judgement.ts';
import { describeRelease } from '../../build/schema.ts';
import { ROUTE_FIELDS } from '../../src/config/routes.ts';
import { VARIABLES } from '../../src/config/variables.ts';
import { CONTENTS, called, describing, duration, GOOD, last, optional, others, saying } from './release-state.ts';

describe('release check: a release', () => {
  it('that is in order is found so', () => expect(judgeRelease(GOOD)).toEqual([]));

  it.each<[string, Partial<ReleaseState>, string]>([
    ['between two releases', called('0.2.0-dev'), 'between two releases'],
    ['of no version', called('next'), 'no version'],
    ['whose lock is another', { lockVersions: ['0.2.0', '0.1.0'] }, 'package-lock.json: 0.1.0'],
    [
      'whose companion is another',
      { companions: [{ name: 'create-postern', version: '0.1.0' }] },
      'create-postern: 0.1.0',
    ],
    [
      'whose companion asks for another',
      { companions: [{ name: 'create-postern', version: '0.2.0', postern: '0.1.0' }] },
      'asks for postern 0.1.0',
    ],
    ['whose description is another’s', describing({ version: '0.1.0' }), 'schema.json: 0.1.0'],
    ['not newer than the last', called('0.1.0'), 'not older'],
    ['with something unreleased', saying('## Unreleased\n', '## Unreleased\n\n* left\n'), 'under Unreleased'],
    ['not in the changelog', saying('## 0.2.0 - 2027-02-28', '## 0.3.0 - 2027-02-28'), 'newest version is 0.3.0'],
    ['without a date', saying(' - 2027-02-28', ''), '0.2.0: no date'],
    ['with a day that is none', saying('2027-02-28', '2027-02-30'), '0.2.0: no date'],
    ['with a date to come', saying('2027-02-28', '2027-03-01'), 'still to come'],
    ['with a kind of change that is none', saying('### Added', '### News'), 'News is none of'],
    ['with entries of no kind', saying('### Added\n', ''), 'nothing is none of'],
    ['with loose text', saying('### Added', 'Hello.\n\n### Added'), 'Hello.'],
    ['of which nothing is said', saying('* `NOVELTY`\n', ''), 'nothing is said of it'],
    [
      'with versions in disorder',
      saying(/$/, '\n## 0.1.5 - 2026-11-22\n\n### Fixed\n\n* x\n'),
      'from the newest to the oldest',
    ],
    [
      'after one that is not kept',
      { last: { ...last, version: '0.0.9' } },
      'the release before is 0.1.0, and kept is 0.0.9',
    ],
    [
      'with a new setting that is not named',
      describing({ variables: { ...GOOD.release.variables, SECRETLY: optional } }),
      '`SECRETLY`',
    ],
    [
      'with a setting gone that is not named',
      describing({ variables: { ...others, NOVELTY: optional } }),
      '`SESSION_DURATION`',
    ],
    [
      'with another default that is not named',
      describing({ variables: { ...GOOD.release.variables, SESSION_DURATION: { ...duration, default: '1' } } }),
      '`SESSION_DURATION`',
    ],
    [
      'with a renamed one of which only the old name is said',
      {
        ...describing({
          variables: { ...others, NOVELTY: optional, IDLE: duration },
          renamed: { variables: { SESSION_DURATION: 'IDLE' }, fields: {} },
        }),
        ...saying('`NOVELTY`', '`NOVELTY`, and `SESSION_DURATION` has a new name'),
      },
      '`IDLE`',
    ],
    [
      'with a route field that is not named',
      describing({ fields: { ...last.fields, colour: { kind: 'field', isRequired: false } } }),
      '`colour`',
    ],
    ['with a date of the platform that is not named', describing({ compatibilityDate: '2027-01-01' }), '`2027-01-01`'],
    ['with a migration that is not named', describing({ migrations: [...last.migrations, { tag: 'v2' }] }), '`v2`'],
    [
      'that renames to nothing',
      describing({ renamed: { variables: { OLD: 'NOWHERE' }, fields: {} } }),
      'NOWHERE now, which is not there',
    ],
    [
      'that renames what is still there',
      describing({ renamed: { variables: {}, fields: { path: 'mode' } } }),
      'path is renamed, and still there',
    ],
    [
      'whose documents name an older one',
      { documents: { 'docs/x.md': 'npm install ./postern-0.1.0.tgz' } },
      'docs/x.md: names 0.1.0',
    ],
    [
      'whose documents name an older one in words',
      { documents: { 'docs/x.md': 'Postern 0.1.0 does' } },
      'docs/x.md: names 0.1.0',
    ],
    [
      'without its description',
      { contents: CONTENTS.filter((path) => path !== 'dist/schema.json') },
      'lacks dist/schema.json',
    ],
    ['with a secret in the package', { contents: [...CONTENTS, '.dev.vars'] }, '.dev.vars, which nobody asked for'],
    ['with what an example has left', { contents: [...CONTENTS, 'examples/django/db.sqlite3'] }, 'db.sqlite3'],
    ['with its sources in the package', { contents: [...CONTENTS, 'src/index.ts'] }, 'src/index.ts'],
  ])('%s is not ready', (_name, changes, said) => {
    expect(judgeRelease({ ...GOOD, ...changes }).join('\n')).toContain(said);
  });
});

describe('Semantic Versioning: the step is as large as the change', () => {
  const gone = { ...describing({ variables: { ...others, NOVELTY: optional } }) };
  const step = (from: string, to: string, changes: Partial<ReleaseState>) =>
    judgeRelease({ ...GOOD, ...changes, version: to, last: { ...last, version: from } }).filter((each) =>
      each.includes('too small'),
    );

  it.each<[string, string, string, Partial<ReleaseState>, boolean]>([
    ['§4 something gone', '0.1.0', '0.1.1', gone, false],
    ['§4 something gone', '0.1.0', '0.2.0', gone, true],
    ['§8 something gone', '1.1.0', '1.2.0', gone, false],
    ['§8 something gone', '1.1.0', '2.0.0', gone, true],
    ['§7 something new', '1.1.0', '1.1.1', {}, false],
    ['§7 something new', '1.1.0', '1.2.0', {}, true],
    ['§6 nothing of the settings', '1.1.0', '1.1.1', { release: last }, true],
    [
      '§8 something new that is demanded',
      '1.1.0',
      '1.2.0',
      describing({ variables: { ...last.variables, A: { kind: 'var', isRequired: true } } }),
      false,
    ],
  ])('%s, from %s to %s', (_name, from, to, changes, isRight) => {
    expect(step(from, to, changes)).toHaveLength(isRight ? 0 : 1);
  });
});

describe('dist/schema.json', () => {
  const release = describeRelease();

  it('has every variable and every field of a route, with what is known of them', () => {
    expect(Object.keys(release.variables)).toEqual(Object.keys(VARIABLES));
    expect(Object.keys(release.fields)).toEqual(Object.keys(ROUTE_FIELDS));
    expect(release.variables).toMatchObject({
      UPSTREAM_URL: { kind: 'var', isRequired: true },
      SESSION_SECRET: { kind: 'secret', isRequired: true },
      SESSION_DURATION: { kind: 'var', isRequired: false, default: '3600' },
    });
    expect(release.fields).toMatchObject({ path: { isRequired: true }, roles: { isRequired: false } });
  });

  it('names the date, the migrations and the tools that the repository itself uses', () => {
    const { version, devDependencies } = JSON.parse(
      readFileSync(new URL('../../package.json', import.meta.url), 'utf8'),
    );
    expect(release).toMatchObject({
      version,
      compatibilityDate: expect.stringMatching(/^\d{4}-\d{2}-\d{2}$/),
      migrations: [{ tag: 'v1', new_sqlite_classes: ['UserSessions'] }],
      tools: { wrangler: devDependencies.wrangler, node: devDependencies.node },
    });
  });
});
