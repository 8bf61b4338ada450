/** Colours for a terminal. */
export interface Style {
  readonly dim: (text: string) => string;
  readonly strong: (text: string) => string;
  readonly number: (text: string) => string;
  readonly stop: (text: string) => string;
}

export function styleOf(colour: boolean): Style {
  const paint =
    (on: number, off: number) =>
    (text: string): string =>
      colour ? `\u001b[${on}m${text}\u001b[${off}m` : text;
  return { dim: paint(2, 22), strong: paint(1, 22), number: paint(36, 39), stop: paint(33, 39) };
}
