/**
 * Divides a command line into words as a shell does: blanks part them, quotes and a backslash keep what is in them. No
 * shell runs it: variables, pipes and patterns are plain characters. Undefined: a quote is left open.
 */
export function commandWords(line: string): readonly string[] | undefined {
  const words: string[] = [];
  let word: string | undefined;
  let quote: string | undefined;
  for (let at = 0; at < line.length; at++) {
    const char = line.charAt(at);
    if (quote !== undefined && char === quote) quote = undefined;
    else if (char === '\\' && quote !== "'") word = (word ?? '') + line.charAt(++at);
    else if (quote !== undefined) word = (word ?? '') + char;
    else if (char === '"' || char === "'") {
      quote = char;
      word ??= '';
    } else if (char !== ' ') word = (word ?? '') + char;
    else if (word !== undefined) {
      words.push(word);
      word = undefined;
    }
  }
  if (quote !== undefined) return undefined;
  return word === undefined ? words : [...words, word];
}

/** What a key types, by blessed's name for it; undefined where it is no character. */
export function typedText(key: string): string | undefined {
  if (key === 'space') return ' ';
  const capital = /^S-([a-z])$/.exec(key)?.[1];
  if (capital !== undefined) return capital.toUpperCase();
  return [...key].length === 1 ? key : undefined;
}
