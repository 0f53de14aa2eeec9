// `import()` of a *.txt in Node: its text as the default export, as in Wrangler's Text modules. A plugin of Vite's.

import { readFileSync } from 'node:fs';

export const textModules = {
  name: 'text-modules',
  // Vite itself would take it for an asset, and give its address.
  enforce: 'pre' as const,
  load: (id: string) =>
    id.endsWith('.txt') ? `export default ${JSON.stringify(readFileSync(id, 'utf8'))}` : undefined,
};
