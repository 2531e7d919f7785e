/** Chance that is the same in every run. */

/** @param {number} seed */
export function seeded(seed) {
  let state = seed;
  /** @param {number} most */
  const upTo = (most) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor(((state >>> 8) / 2 ** 24) * (most + 1)); // the low bits hardly vary
  };
  return {
    upTo,
    /** @template T @param {T[]} choices */
    pick: (choices) => choices[upTo(choices.length - 1)],
    /** @template T @param {T[]} items */
    shuffled: (items) => {
      const left = [...items];
      return items.map(() => left.splice(upTo(left.length - 1), 1)[0]);
    },
  };
}
