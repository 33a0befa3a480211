// Makes dist/: the program as one file, the terminal description that blessed reads beside it, and the notices of
// what is built in. `node build.mjs ENTRY FOLDER` bundles another program the same way.
import { cp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const root = dirname(fileURLToPath(import.meta.url));
const [entry = join(root, 'src', 'cli.ts'), dist = join(root, 'dist')] = process.argv.slice(2);
const blessed = join(root, 'node_modules', 'blessed');
const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8'));

/** Modules of CommonJS need what an ESM file does not have. */
const banner = `#!/usr/bin/env node
import { createRequire as createRequireForBundle } from 'node:module';
const require = createRequireForBundle(import.meta.url);
const __dirname = import.meta.dirname;`;

/**
 * blessed requires its widgets by computed names, which no bundler can follow, and looks for its files beside its own:
 * the one widget that gctop draws with is named, and the files are looked for beside the bundle.
 */
const blessedPlugin = {
  name: 'blessed',
  setup({ onLoad }) {
    onLoad({ filter: /blessed\/lib\/widget\.js$/ }, () => ({
      contents: "exports.Screen = exports.screen = require('./widgets/screen');",
    }));
    onLoad({ filter: /blessed\/lib\/tput\.js$/ }, async ({ path }) => ({
      contents: (await readFile(path, 'utf8')).replaceAll("__dirname + '/../usr/", "__dirname + '/usr/"),
    }));
  },
};

await rm(dist, { recursive: true, force: true });
const { metafile } = await build({
  entryPoints: [entry],
  outfile: join(dist, 'cli.js'),
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node20.19',
  banner: { js: banner },
  define: { GCTOP_VERSION: JSON.stringify(version) },
  plugins: [blessedPlugin],
  legalComments: 'none', // the notices stand in a file of their own
  metafile: true,
});
await cp(join(blessed, 'usr', 'xterm-256color'), join(dist, 'usr', 'xterm-256color'));
await writeFile(join(dist, 'third-party-notices.txt'), await notices(Object.keys(metafile.inputs)));

/** The licence of each package that is in the bundle. */
async function notices(inputs) {
  const packages = new Set(inputs.map((path) => /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(path)?.[1]));
  packages.delete(undefined);
  const texts = await Promise.all([...packages].sort().map((path) => notice(join(root, path))));
  return texts.join(`\n${'-'.repeat(80)}\n\n`);
}

async function notice(path) {
  const { name, version, license } = JSON.parse(await readFile(join(path, 'package.json'), 'utf8'));
  const file = (await readdir(path)).find((name) => /^licen[cs]e/i.test(name));
  const text = file === undefined ? '' : await readFile(join(path, file), 'utf8');
  return `${name} ${version} (${license})\n\n${text}`;
}
