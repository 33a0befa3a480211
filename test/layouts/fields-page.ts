import { witnesses } from '../../src/binary/field-witness.js';
import { variableUses, votingMemstats } from '../../src/binary/globals.js';
import { goroutineUsers } from '../../src/binary/goroutine-check.js';
import { possibleLayouts, type ReleaseLayout } from '../../src/binary/layouts.js';
import { columns, type Row, table } from '../../src/binary/layouts-table.js';
import { recordIdentities } from '../../src/sources/local/cycle-record.js';
import { identities } from '../../src/sources/local/identities.js';
import { toldOf } from './told-of.js';

/** All that is said of one field. */
export interface FieldRow {
  readonly name: string;
  readonly releases: string;
  /** What of all that is told follows it; empty where nothing does. */
  readonly tells: readonly string[];
  /** The functions whose code is looked at; empty where none is. */
  readonly code: string;
  /** The identities that hold it together with others while a program runs. */
  readonly identities: readonly string[];
}

const releases = possibleLayouts(undefined, 'x86-64');

/** The fields of the layouts, and the two variables beside them. */
export function fieldRows(): readonly FieldRow[] {
  const { g, m, ...globals } = table;
  const fields = Object.entries(globals).flatMap(([global, rows]) =>
    Object.entries<Row<number | undefined>>(rows).map(([field, { offsets }]) => ({ global, field, offsets })),
  );
  return [
    ...fields.map(({ global, field, offsets }) => {
      const having = releases.filter((_, column) => offsets[column] !== undefined);
      return {
        name: `${global}.${field}`,
        releases: releasesOf(offsets),
        tells: toldIn(having, global, field),
        code: [voteOf(global, field), codeOf(global, field)].filter((text) => text !== '').join('; '),
        identities: identitiesOf(`${global}.${field}`),
      };
    }),
    ...Object.entries(variableUses).map(([variable, groups]) => ({
      name: `runtime.${variable}`,
      releases: variable === 'gcpercent' ? '1.16' : 'all',
      tells: toldIn(variable === 'gcpercent' ? releases.slice(0, 1) : releases, '', variable),
      code: `the one variable that ${namesOf(groups)} use`,
      identities: [],
    })),
    ...goroutineRows(),
  ];
}

/** What probes read of goroutines and threads, of which there are many. */
const goroutineRows = (): readonly FieldRow[] => [
  {
    name: 'g.goid',
    releases: 'all',
    tells: ['who forced a cycle', "a call's goroutine"],
    code: `reached by its offset in ${namesOf(goroutineUsers.goid.map((name) => [name]))}`,
    identities: [],
  },
  {
    name: 'g.m',
    releases: 'all',
    tells: ['who forced a cycle', "a call's goroutine"],
    code: `reached by its offset in ${namesOf(goroutineUsers.m.map((name) => [name]))}`,
    identities: ['m.curg is the goroutine that comes by, at each hit of runtime.GC'],
  },
  {
    name: 'm.curg',
    releases: 'all',
    tells: ['who forced a cycle', "a call's goroutine"],
    code: '',
    identities: ['m.curg is the goroutine that comes by, at each hit of runtime.GC'],
  },
  {
    name: 'g.stackHi',
    releases: 'all',
    tells: ['which return belongs to which entry of a call: the figure itself is shown nowhere'],
    code: '',
    identities: [],
  },
];

const toldIn = (having: readonly ReleaseLayout[], global: string, field: string): readonly string[] => [
  ...new Set(having.flatMap((release) => toldOf(release, { global, field }))),
];

const identitiesOf = (name: string): readonly string[] => [
  ...new Set(
    [...recordIdentities, ...identities]
      .filter(({ fields }) => fields.includes(name))
      .map((identity) => identity.name),
  ),
];

function releasesOf(offsets: Row<number | undefined>['offsets']): string {
  const minors = columns.flatMap(({ minor }, column) => (offsets[column] === undefined ? [] : [minor]));
  const [first = 0, last = 0] = [minors[0], minors.at(-1)];
  const [oldest, newest] = [columns[0].minor, columns.at(-1)?.minor];
  if (first === oldest && last === newest) return 'all';
  if (last === newest) return `1.${first} on`;
  return first === last ? `1.${first}` : `1.${first} to 1.${last}`;
}

const voteOf = (global: string, field: string): string =>
  global === 'work' || (global === 'memstats' && votingMemstats.some((each) => each === field)) ? 'vote' : '';

function codeOf(global: string, field: string): string {
  const { operand = [], offset = [] } =
    new Map(
      Object.entries(witnesses).flatMap(([name, fields]) =>
        Object.entries(fields).map(([each, witness]) => [`${name}.${each}`, witness] as const),
      ),
    ).get(`${global}.${field}`) ?? {};
  const byName = operand.length === 0 ? [] : [`named by ${namesOf(operand)}`];
  const byOffset = offset.length === 0 ? [] : [`reached by its offset in ${namesOf([offset])}`];
  return [...byOffset, ...byName].join(', or ');
}

/** One of each group: `a`, `b` or `c`, and `d`. */
const namesOf = (groups: readonly (readonly string[])[]): string =>
  groups
    .map((names) => [...new Set(names.map((name) => name.replace(/\.func\d+$/, '.func*')))])
    .map((names) => names.map((name) => `\`${name}\``).join(' or '))
    .join(', ');

const cell = (texts: readonly string[]): string => texts.join('; ').replaceAll('|', '\\|');

const rowOf = ({ name, releases: which, tells, code, identities: held }: FieldRow): string =>
  `| \`${name}\` | ${which} | ${cell(tells)} | ${cell([code])} | ${cell(held)} |`;

/** docs/fields.md. */
export function fieldsPage(): string {
  const rows = fieldRows();
  const [shown, others] = [
    rows.filter(({ tells }) => tells.length > 0),
    rows.filter(({ tells }) => tells.length === 0),
  ];
  const unchecked = shown.filter(({ code, identities: held }) => code === '' && held.length === 0);
  const head =
    "| field | Go | what follows it | checked in the program's code | held together at run time by |\n|---|---|---|---|---|";
  return `# Every field, and what proves it

<!-- Written by UPDATE_GOLDEN=1 node --import tsx --test test/layouts/fields-page.test.ts -->

gctop reads the Go runtime's own figures, by offsets that are not the same in any two releases (\`src/binary/layouts-table.ts\`).
None is believed because the table says so:

- **In the program's code**, before anything of it is shown. *Vote*: where there are no symbols, the addresses that the functions of a
  cycle use have to tell where \`work\` and \`memstats\` begin, with every field in its place. *Named by*: in each of these functions (one of
  several where it says "or"; those that the program has) an instruction uses just that address, in the field's width.
  *Reached by its offset*: the same for a method, from its receiver. No two fields share a place. What does not fit ends in
  \`UNKNOWN_LAYOUT\`, which names the field: "no instruction uses 'runtime.work.heap0' at offset 712, as is expected of 'go1.26.5'".
  A test shifts each field of each layout in turn, in made-up and in real programs, and none goes unnoticed.
- **At run time**: the first look has to fulfil every identity of the last column (else \`UNKNOWN_LAYOUT\`), those between two cycles
  are asked again after each cycle (else \`LAYOUT_MISMATCH\`); where a probe tells of cycles, its record and memory have to agree.
- **runtimeInitTime and gcpercent** degrade instead: where the code does not tell them, there is no \`@\` and no probe ("the program does
  not say when it started up"), or no GOGC. So do the fields of goroutines: where the code does not reach for them, no goroutine is named.

"What follows it" was found by changing the field in memory and looking what else is told.

## Read

${head}
${shown.map(rowOf).join('\n')}

## Checked, and not shown yet

${head}
${others.map(rowOf).join('\n')}

## Unverified

${unchecked.length === 0 ? 'None.' : unchecked.map(({ name, tells }) => `- \`${name}\`: ${cell(tells)}.`).join('\n')}
`;
}
