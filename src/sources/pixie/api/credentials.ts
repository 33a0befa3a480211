import { join } from 'node:path';
import { GctopError } from '../../../error.js';
import type { PixieOptions, Surroundings } from './pixie-options.js';

/** One header of a call. */
export interface Header {
  readonly name: string;
  readonly value: string;
}

/**
 * What a call is authorised with: a key of the environment or its file, else the token of `px auth login`; nothing for
 * a Vizier reached directly without a key. A key is never an argument: those can be read in the process list.
 * Throws `NO_CREDENTIALS`, without a word of the secret.
 */
export function credentials(mode: PixieOptions['mode'], surroundings: Surroundings): Header | undefined {
  const { env } = surroundings;
  if (mode === 'direct') {
    const key = given(env.PX_DIRECT_VIZIER_KEY);
    return key === undefined ? undefined : header('x-direct-vizier-key', key, 'PX_DIRECT_VIZIER_KEY');
  }
  const key = given(env.PX_API_KEY);
  if (key !== undefined) return header('pixie-api-key', key, 'PX_API_KEY');
  const file = given(env.PX_API_KEY_FILE);
  if (file !== undefined) return header('pixie-api-key', keyOfFile(file, surroundings), `'${file}'`);
  return header('authorization', `bearer ${loginToken(surroundings)}`, `'${loginFile(surroundings.home)}'`);
}

const makeKey =
  'set PX_API_KEY, or PX_API_KEY_FILE to a file with the key (px api-key create makes one), or run px auth login';

/** Headers are visible ASCII; a value with a line break in it would be refused with less clear words. */
function header(name: string, value: string, from: string): Header {
  if (/^[\x20-\x7e]+$/.test(value)) return { name, value };
  throw new GctopError('NO_CREDENTIALS', `${from} holds characters that no key has`, { hint: makeKey });
}

function keyOfFile(path: string, { readFile }: Surroundings): string {
  const text = readSecret(path, readFile);
  if (text === undefined) {
    throw new GctopError('NO_CREDENTIALS', `PX_API_KEY_FILE names '${path}', which does not exist`, {
      hint: makeKey,
    });
  }
  const key = given(text);
  if (key !== undefined) return key;
  throw new GctopError('NO_CREDENTIALS', `PX_API_KEY_FILE names '${path}', which is empty`, {
    hint: makeKey,
  });
}

function loginToken({ home, nowUnixMs, readFile }: Surroundings): string {
  const path = loginFile(home);
  const text = readSecret(path, readFile);
  if (text === undefined) {
    throw new GctopError(
      'NO_CREDENTIALS',
      `no credentials for Pixie: PX_API_KEY is not set and '${path}' does not exist`,
      {
        hint: makeKey,
      },
    );
  }
  const { token, expiresAt } = readLogin(text);
  if (token === undefined) {
    throw new GctopError('NO_CREDENTIALS', `'${path}' holds no token`, { hint: makeKey });
  }
  if (expiresAt !== undefined && expiresAt * 1000 <= nowUnixMs) {
    const when = new Date(expiresAt * 1000)
      .toISOString()
      .replace(/:\d\d\.\d+Z$/, ' UTC')
      .replace('T', ' ');
    throw new GctopError('NO_CREDENTIALS', `the token in '${path}' expired at ${when}`, {
      hint: 'run px auth login again, or set PX_API_KEY',
    });
  }
  return token;
}

interface Login {
  readonly token: string | undefined;
  /** Seconds since 1970. */
  readonly expiresAt: number | undefined;
}

function readLogin(text: string): Login {
  try {
    const login: unknown = JSON.parse(text);
    if (typeof login !== 'object' || login === null) return noLogin;
    const token = 'token' in login && typeof login.token === 'string' ? given(login.token) : undefined;
    const expiresAt =
      'expiresAt' in login && typeof login.expiresAt === 'number' && login.expiresAt > 0
        ? login.expiresAt
        : undefined;
    return { token, expiresAt };
  } catch {
    return noLogin; // what JSON.parse says quotes the text, and the text may be a secret
  }
}

const noLogin: Login = { token: undefined, expiresAt: undefined };

function readSecret(path: string, readFile: Surroundings['readFile']): string | undefined {
  try {
    return readFile(path);
  } catch (cause) {
    throw new GctopError('NO_CREDENTIALS', `'${path}' cannot be read`, { hint: makeKey, cause });
  }
}

/** Where `px auth login` keeps its token. */
export const loginFile = (home: string): string => join(home, '.pixie', 'auth.json');

/** A variable that is set to nothing counts as not set. */
export const given = (value: string | undefined): string | undefined =>
  value === undefined || value.trim() === '' ? undefined : value.trim();
