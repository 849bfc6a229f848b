// The size of the release binary, with the site inside.
import { statSync } from 'node:fs';
import { within } from './limits.ts';
import { BINARY } from './support/bench.ts';

export async function binary(): Promise<void> {
  within('binary_bytes', 'bytes of the release binary', statSync(BINARY).size);
}
