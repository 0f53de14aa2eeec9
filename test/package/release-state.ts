// A release that is in order, and ways in which it is not.

import type { ReleaseState } from '../../build/release-judgement.ts';
import { describeRelease } from '../../build/schema.ts';

export const last = { ...describeRelease(), version: '0.1.0' };

const CHANGELOG = `# Changelog

## Unreleased

## 0.2.0 - 2027-02-28

### Added

* \`NOVELTY\`

## 0.1.0 - 2026-11-21

### Added

* All of it
`;

export const CONTENTS = [
  ...['package.json', 'README.md', 'LICENSE', 'CHANGELOG.md', 'SECURITY.md', 'bin/postern.js', 'docs/configuration.md'],
  ...['ARCHITECTURE.md', 'CONTRIBUTING.md', 'examples/README.md', 'examples/nginx/gateway-secret.conf.example'],
  ...[
    'dist/cli/postern.js',
    'dist/cli/chunk-ABC.js',
    'dist/schema.json',
    'dist/no-variables.js',
    'dist/messages/de.txt',
  ],
  ...['dist/worker.js', 'dist/worker.js.map', 'dist/worker.d.ts', 'templates/operator/wrangler.toml'],
];
export const optional = { kind: 'var', isRequired: false };

export const GOOD: ReleaseState = {
  version: '0.2.0',
  lockVersions: ['0.2.0', '0.2.0'],
  changelog: CHANGELOG,
  documents: { 'README.md': 'npx postern@0.2.0 init, or postern-0.2.0.tgz; postern update ./postern-1.2.3.tgz' },
  contents: CONTENTS,
  companions: [{ name: 'create-postern', version: '0.2.0', postern: '0.2.0' }],
  release: { ...last, version: '0.2.0', variables: { ...last.variables, NOVELTY: optional } },
  last,
  today: '2027-02-28',
};
export const { SESSION_DURATION: duration = optional, ...others } = last.variables;
export const describing = (changes: Partial<ReleaseState['release']>) => ({ release: { ...GOOD.release, ...changes } });
export const saying = (before: string | RegExp, after: string) => ({ changelog: CHANGELOG.replace(before, after) });

export const called = (version: string) => ({
  version,
  lockVersions: [version],
  companions: [],
  documents: {},
  release: { ...GOOD.release, version },
  changelog: CHANGELOG.replace('0.2.0', version),
});
