/**
 * Names that share parts (between underscores) with a wanted one, the best first. A part that few names have counts
 * for more.
 */
export function nearest(wanted: string, names: Iterable<string>, most = 5): string[] {
  const parts = partsOf(wanted);
  const candidates = [...new Set(names)].map((name) => ({ name, own: partsOf(name) }));
  const having = new Map(
    [...parts].map((part) => [part, candidates.filter(({ own }) => own.has(part)).length]),
  );
  return candidates
    .map(({ name, own }) => {
      const shared = [...parts].filter((part) => own.has(part));
      return {
        name,
        size: own.size,
        score: shared.reduce((sum, part) => sum + 1 / (having.get(part) ?? 1), 0),
      };
    })
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score || a.size - b.size || (a.name < b.name ? -1 : 1))
    .slice(0, most)
    .map(({ name }) => name);
}

function partsOf(name: string): ReadonlySet<string> {
  return new Set(
    name
      .toLowerCase()
      .split(/[^a-z0-9]+/)
      .filter((part) => part.length > 1),
  );
}
