// Draws a golden as an SVG, for the README: node --import tsx test/screenshot.ts test/golden/NAME-WxH.txt OUT.svg
import { readFileSync, writeFileSync } from 'node:fs';
import { parseGolden } from './helpers/golden.js';
import { svgOf } from './helpers/svg.js';

const [golden, out] = process.argv.slice(2);
if (golden === undefined || out === undefined) {
  process.stderr.write('usage: node --import tsx test/screenshot.ts GOLDEN OUT.svg\n');
  process.exit(2);
}
writeFileSync(out, svgOf(parseGolden(readFileSync(golden, 'utf8'))));
