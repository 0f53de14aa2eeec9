// The Flask recipe.

import { describeNotes } from './notes.ts';
import { hasModules, PYTHON } from './recipe.ts';

describeNotes(hasModules('Flask (python3-flask)', 'flask'), {
  folder: 'flask',
  command: (port) => [PYTHON, '-m', 'flask', 'run', '--host', '127.0.0.1', '--port', String(port)],
});
