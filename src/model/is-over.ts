import type { Model } from './model.js';

/** Nothing more can come of the program that is shown: the stream has ended, or the program has and is waited for. */
export const isOver = ({ state, exitedAtNs }: Readonly<Model>): boolean =>
  state.kind === 'ended' || exitedAtNs !== undefined;
