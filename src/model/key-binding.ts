/** One line of a key table: what the keys do, how footer and help word it, and when it does something. */
export interface KeyBinding<Model, Action, Group extends string, Mode extends string> {
  /** By blessed's full names. */
  readonly keys: readonly string[];
  /** How help spells the keys. */
  readonly label: string;
  /** The footer's word; empty where the footer leaves it out. */
  readonly short: string;
  readonly help: string;
  readonly group: Group;
  /** What the keys do; where each key does its own, what the first of them does. */
  readonly action: Action;
  /** What each key does, where that differs. */
  readonly actionOf?: (key: string) => Action;
  /** Where the keys mean this: on the screen as such, while a field is edited, under the help. */
  readonly modes: readonly Mode[];
  /** Whether it does something now. */
  available(model: Model): boolean;
  /** How the footer words it instead; undefined leaves it out. */
  readonly footer?: (model: Model) => { readonly label: string; readonly short: string } | undefined;
}

interface Now<Model, Mode> {
  readonly model: Model;
  readonly mode: Mode;
}

/** What a key means now; undefined where it does nothing. */
export function meaningOf<Model, Action, Mode extends string>(
  table: readonly KeyBinding<Model, Action, string, Mode>[],
  { model, mode, key }: Now<Model, Mode> & { readonly key: string },
): Action | undefined {
  const binding = table.find(
    (candidate) =>
      candidate.keys.includes(key) && candidate.modes.includes(mode) && candidate.available(model),
  );
  return binding?.actionOf?.(key) ?? binding?.action;
}

/** What a footer offers now, most important first, with the footer's own words in `label` and `short`. */
export function footerOf<
  Model,
  Mode extends string,
  Binding extends KeyBinding<Model, unknown, string, Mode>,
>(table: readonly Binding[], { model, mode }: Now<Model, Mode>): readonly Binding[] {
  return table.flatMap((binding) => {
    if (binding.short === '' || !binding.modes.includes(mode) || !binding.available(model)) return [];
    const words = binding.footer === undefined ? binding : binding.footer(model);
    return words === undefined ? [] : [{ ...binding, label: words.label, short: words.short }];
  });
}

/** Where the keys that every screen has do something. */
interface CommonModes<Model, Mode> {
  readonly help: readonly Mode[];
  readonly quit: readonly Mode[];
  readonly everywhere: readonly Mode[];
  isHelpOpen(model: Model): boolean;
}

/** The keys that mean the same on every screen. */
export const commonKeys = <Model, Mode extends string>({
  help,
  quit,
  everywhere,
  isHelpOpen,
}: CommonModes<Model, Mode>) => {
  const binding = <Type extends string>(type: Type, modes: readonly Mode[]) =>
    ({ group: 'everywhere', action: { type }, modes, available: () => true }) as const;
  return {
    help: {
      ...binding('help', help),
      keys: ['?', 'h', 'f1'],
      label: '? h F1',
      short: 'help',
      help: 'this help',
      footer: (model: Model) =>
        isHelpOpen(model) ? { label: '? or esc', short: 'close' } : { label: '?', short: 'help' },
    },
    quit: { ...binding('quit', quit), keys: ['q'], label: 'q', short: 'quit', help: 'quit; Ctrl-C too' },
    interrupt: {
      ...binding('interrupt', everywhere),
      keys: ['C-c'],
      label: 'Ctrl-C',
      short: '',
      help: 'quit as an interrupt',
    },
    redraw: {
      ...binding('redraw', everywhere),
      keys: ['C-l'],
      label: 'Ctrl-L',
      short: '',
      help: 'draw the screen again',
    },
  } as const;
};
