import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { test } from 'node:test';
import { optionName, optionTable } from '../src/app/options.js';
import { packageRoot } from '../src/system/paths.js';
import { compatibilityPromise, compatibilityTable } from './helpers/compatibility.js';

const pages = ['README.md', 'docs/watching.md', 'docs/pixie.md', 'docs/cost.md'] as const;
const textOf = (page: string): string => readFileSync(join(packageRoot(), page), 'utf8');

test("the README's table of Go releases is the one that test/live/compatibility.test.ts goes by", () => {
  const readme = textOf('README.md').split('\n');
  const said = [...compatibilityTable(), '', ...compatibilityPromise, ''];
  const begin = readme.indexOf(said[0] ?? '');
  assert.deepEqual(readme.slice(begin, begin + said.length), said);
});

test('the README and its pages name no option that gctop does not have', () => {
  const known = new Set(['--help', ...optionTable.flatMap(({ name }) => bothWays(optionName(name)))]);
  const named = [
    ...pages
      .map(textOf)
      .join('\n')
      .matchAll(/(?<![\w-])--[a-z][a-z-]*/g),
  ].map(([name]) => name);
  assert.ok(named.includes('--probe-budget') && named.includes('--pixie-cloud'), 'options are found');
  assert.deepEqual(
    named.filter((name) => !known.has(name)),
    [],
  );
});

for (const page of pages) {
  test(`where ${page} leads to is there, and published with it`, () => {
    const { files } = JSON.parse(textOf('package.json')) as { files: readonly string[] };
    const isPublished = (path: string): boolean =>
      path === 'README.md' || files.some((entry) => path === entry || path.startsWith(`${entry}/`));
    const links = [...textOf(page).matchAll(/\]\((?!https:)([^)#]*)(?:#([^)]*))?\)/g)];
    assert.ok(links.length > 0);
    for (const [link, path = '', anchor] of links) {
      const target = path === '' ? page : join(dirname(page), path);
      const text = textOf(target);
      assert.ok(isPublished(target), `${link} is not published`);
      assert.ok(anchor === undefined || anchorsOf(text).includes(anchor), `${link} has no such heading`);
    }
  });
}

const bothWays = (option: string): readonly string[] => [option, option.replace('--', '--no-')];

/** As GitHub and npm make them of headings. */
const anchorsOf = (markdown: string): readonly string[] =>
  [...markdown.matchAll(/^#+ (.*)$/gm)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\w\- ]/g, '')
      .replaceAll(' ', '-'),
  );
