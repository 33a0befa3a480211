declare const GCTOP_VERSION: string | undefined;

/** The package's version; the bundle has it built in. */
export const version: string = typeof GCTOP_VERSION === 'undefined' ? '0.0.0-source' : GCTOP_VERSION;
