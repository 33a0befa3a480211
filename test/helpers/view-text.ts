import type { ScreenView } from '../../src/view/screen-view.js';

/** What a view shows, row by row, boxes painted in their order. */
export function viewText({ size, boxes }: Pick<ScreenView, 'size' | 'boxes'>): readonly string[] {
  const cells = Array.from({ length: size.rows }, () => new Array<string>(size.columns).fill('?'));
  for (const { rect, lines } of boxes) {
    lines.forEach((line, row) => {
      const text = line.map((span) => span.text).join('');
      for (let index = 0; index < text.length; index++) {
        const target = cells[rect.y + row];
        if (target !== undefined) target[rect.x + index] = text.charAt(index);
      }
    });
  }
  return cells.map((row) => row.join(''));
}
