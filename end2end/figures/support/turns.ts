// Contestants that take turns, so that other load on the machine affects all of them equally.

/** `rounds` results of each contestant, in their order; each round starts with another one. */
export async function inTurns<C, R>(contestants: C[], rounds: number, measure: (contestant: C) => Promise<R>): Promise<R[][]> {
  const results: R[][] = contestants.map(() => []);
  for (let round = 0; round < rounds; round++) {
    for (let turn = 0; turn < contestants.length; turn++) {
      const index = (turn + round) % contestants.length;
      results[index]!.push(await measure(contestants[index]!));
    }
  }
  return results;
}
