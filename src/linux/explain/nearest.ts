/** Names that share the most parts (between underscores) with a wanted one, the best first. */
export function nearest(wanted: string, names: Iterable<string>, most = 5): string[] {
  const parts = new Set(
    wanted
      .toLowerCase()
      .split(/[^a-z0-9]+/)
      .filter((part) => part.length > 1),
  );
  const scored: { name: string; score: number }[] = [];
  for (const name of new Set(names)) {
    const own = name.toLowerCase().split(/[^a-z0-9]+/);
    const shared = own.filter((part) => parts.has(part)).length;
    if (shared > 0) scored.push({ name, score: shared - own.length / 100 });
  }
  return scored
    .sort((a, b) => b.score - a.score || (a.name < b.name ? -1 : 1))
    .slice(0, most)
    .map(({ name }) => name);
}
