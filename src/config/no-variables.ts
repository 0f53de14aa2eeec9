// What `#postern/variables` is without a postern.toml: nothing. Wrangler's [alias] puts the operator's own in its place.

import type { VariablesFile } from './variables-file.ts';

const variables: VariablesFile = {};

export default variables;
