/** The part of blessed 0.1.81 that gctop uses, as its sources have it. Seen by `blessed.ts` alone. */
declare module 'blessed' {
  import type { EventEmitter } from 'node:events';

  /** Style and character; the style is `flags << 18 | foreground << 9 | background`, 0x1ff the terminal's own colour. */
  export type Cell = [style: number, char: string];

  /** A row of the picture that `draw` compares with what the terminal shows. */
  export interface Row extends Array<Cell> {
    dirty: boolean;
  }

  export interface Key {
    readonly full: string;
  }

  export interface MouseReport {
    readonly action: string;
    readonly button: string | undefined;
    readonly x: number;
    readonly y: number;
  }

  export interface Program {
    on(event: 'keypress', listener: (char: string | undefined, key: Key) => void): this;
    on(event: 'mouse', listener: (report: MouseReport) => void): this;
    /** Hands the output what was written since the last time. */
    flush(): void;
  }

  export interface Screen {
    readonly lines: Row[];
    readonly program: Program;
    readonly destroyed?: true;
    readonly tput: { unicode: boolean; brokenACS: boolean };
    /** Writes the cells of dirty rows that differ from what the terminal shows. */
    draw(firstRow: number, lastRow: number): void;
    /** Leaves the alternate screen and gives up all listeners. */
    destroy(): void;
  }

  export interface ScreenOptions {
    readonly input: EventEmitter;
    readonly output: EventEmitter;
    readonly terminal: string;
    readonly forceUnicode: boolean;
  }

  type Listener = (...args: unknown[]) => void;

  const blessed: {
    screen(options: ScreenOptions): Screen;
    /** The constructor; its handlers of the process are installed with the first screen. */
    readonly Screen: {
      readonly _exceptionHandler: Listener;
      readonly _sigtermHandler: Listener;
      readonly _sigintHandler: Listener;
      readonly _sigquitHandler: Listener;
      readonly _exitHandler: Listener;
    };
    /** Where terminal descriptions are looked for before blessed takes its own. */
    readonly Tput: { readonly ipaths: unknown[] };
  };
  // biome-ignore lint/style/noDefaultExport: that is how a CommonJS module comes in
  export default blessed;
}
