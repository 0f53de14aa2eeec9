// The examples of docs/moving.md: what the command writes of them is what stands there, and so is who may go where.

import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { checkExpectations, printChecked } from '../../../cli/explain/expectations.ts';
import { writeDeployment } from '../../../cli/import/deployment.ts';
import { recognise } from '../../../cli/import/recognise.ts';
import { convertInputs, FRAME, servedBy } from './bed.ts';

const SECTIONS = readFileSync('docs/moving.md', 'utf8').split(/^###? /m);

describe.each(['Pomerium', 'Cloudflare Access'])('docs/moving.md, %s', (title) => {
  const section = SECTIONS.find((each) => each.startsWith(`${title}\n`)) ?? '';
  const fences = [...section.matchAll(/^```(\w+)\n([\s\S]*?)^```$/gm)].map(([, kind = '', text = '']) => ({
    kind,
    text,
  }));
  const textOf = (kind: string) => fences.find((each) => each.kind === kind)?.text ?? '';
  const inputs = fences
    .filter(({ kind }) => /^(?:yaml|json)$/.test(kind))
    .map(({ kind, text }, i) => ({ name: `${i}.${kind}`, text }));
  const draft = convertInputs(recognise(inputs), inputs);

  it('is what the command writes', () => {
    const { wrangler, postern } = writeDeployment(draft, FRAME);
    expect(wrangler.slice(wrangler.indexOf('[vars]'))).toBe(textOf('toml'));
    expect(postern).toBeUndefined();
  });

  it('lets pass whom the old files let pass', () => {
    const checked = checkExpectations(servedBy(draft), textOf('text'));
    expect(checked.length).toBeGreaterThan(5);
    expect(printChecked(checked)).toBe(`${checked.length} of ${checked.length} expectations met`);
  });
});
