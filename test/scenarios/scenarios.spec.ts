import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { playScenario } from '@bordergate/testkit';
import { afterAll, describe, expect, it } from 'vitest';

// UPDATE=1 rewrites the transcripts: read the difference before you commit it.
const folder = import.meta.dirname;
const update = process.env.UPDATE === '1';
let settledStates = 0;

describe('scenarios', () => {
  for (const file of readdirSync(folder).filter((name) => name.endsWith('.txt')).sort()) {
    const text = readFileSync(path.join(folder, file), 'utf8');
    it(`${file}: ${text.slice(2, text.indexOf('\n'))}`, () => {
      const played = playScenario(text);
      settledStates += played.settledStates;
      expect(played.violations).toEqual([]);
      if (update) writeFileSync(path.join(folder, file), played.text);
      else expect(played.text).toBe(text);
    });
  }
});

afterAll(() => console.info(`scenarios: ${settledStates} settled states, in each of them FIBs agree, peers hear what they should, and five other roads lead to the same tables`));
