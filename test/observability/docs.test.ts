// docs/operations.md and the dashboard against the code: every field, fault and series they name exists, and none is left out.

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { FAULTS } from '../../src/errors.ts';
import { writeExposition } from '../../src/observability/exposition.ts';

const read = (name: string) => readFileSync(new URL(`../../${name}`, import.meta.url), 'utf8');
const OPERATIONS = read('docs/operations.md');
const series = new Set([...writeExposition({}).matchAll(/^# TYPE (\S+)/gm)].map(([, name]) => name));

describe('docs/operations.md', () => {
  it('explains every field of the request event', () => {
    const source = /interface RequestEvent \{(.*?)\n\}/s.exec(read('src/observability/request-event.ts'))?.[1] ?? '';
    const fields = [...source.matchAll(/^ {2}(\w+)\??:/gm)].map(([, name]) => name);
    expect(fields.length).toBeGreaterThan(15);
    for (const field of fields) expect(OPERATIONS).toMatch(new RegExp(`^\\|[^|]*\`${field}\`[^|]*\\|`, 'm'));
  });

  it('names only faults that exist', () => {
    for (const [, code] of OPERATIONS.matchAll(/`fault: (\w+)`/g)) expect(Object.keys(FAULTS)).toContain(code);
  });

  it.each(['docs/operations.md', 'docs/grafana-dashboard.json'])('%s names only series that exist', (name) => {
    const named = [...read(name).matchAll(/postern_[a-z_]+/g)].map(([each]) =>
      each.replace(/_(bucket|sum|count)$/, ''),
    );
    for (const each of named.filter((one) => !one.startsWith('postern_operator'))) expect(series).toContain(each);
  });

  it('explains every series', () => {
    for (const name of series) expect(OPERATIONS).toContain(`| \`${name}\` |`);
  });
});
