import { type ScriptTable, stringsOf } from '../vizier.js';

/** One tracepoint of the cluster, as px.GetTracepointStatus() tells it. */
export interface StatusRow {
  readonly name: string;
  readonly state: string;
  /** What the PEMs say of it. */
  readonly errors: readonly string[];
  readonly tables: readonly string[];
}

/** The rows of the table of GetTracepointStatus, whatever it is called; undefined if the result has none. */
export function statusRowsOf(tables: readonly ScriptTable[]): readonly StatusRow[] | undefined {
  const table = tables.find(({ columns }) =>
    wanted.every((name) => columns.some((column) => column.name === name && column.type === 'string')),
  );
  if (table === undefined) return undefined;
  const [names, states, errors, outputs] = wanted.map((name) => stringsOf(table, name));
  return Array.from({ length: table.rows }, (_, row) => ({
    name: names?.[row] ?? '',
    state: states?.[row] ?? '',
    errors: stringList(errors?.[row]),
    tables: stringList(outputs?.[row]),
  }));
}

/** What is said of a name; one that was deployed anew has several rows, of which the refused one counts. */
export const textsOf = (rows: readonly StatusRow[], name: string): readonly string[] =>
  rows.filter((row) => row.name === name && row.state === 'failed').flatMap(({ errors }) => errors);

const wanted = ['name', 'state', 'status', 'output_tables'] as const;

/** A JSON array of strings; whatever else it is counts as one text. */
function stringList(json: string | undefined): readonly string[] {
  if (json === undefined || json === '') return [];
  const value = parsed(json);
  if (!Array.isArray(value)) return [json];
  return value.filter((each): each is string => typeof each === 'string');
}

function parsed(json: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    // Not JSON after all: the text itself is what is known.
    return undefined;
  }
}
