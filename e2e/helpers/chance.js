// Chance that comes out the same for the same seed.

export class Chance {
  /** @param {number} seed */
  constructor(seed) {
    this.state = seed >>> 0;
  }

  /** The next number from 0 to below 1 (mulberry32). */
  next() {
    this.state = (this.state + 0x6d2b79f5) >>> 0;
    let mixed = this.state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  }

  /** A whole number from `least` to below `below`. */
  whole(least, below) {
    return least + Math.floor(this.next() * (below - least));
  }

  /** Whether something of this likelihood comes true. */
  is(likelihood) {
    return this.next() < likelihood;
  }

  /** One of these.
   * @template T
   * @param {T[]} things */
  one(things) {
    return things[this.whole(0, things.length)];
  }

  /** One of these, each with its weight.
   * @template T
   * @param {[T, number][]} things */
  weighed(things) {
    let left = this.next() * things.reduce((all, [, weight]) => all + weight, 0);
    for (const [thing, weight] of things) {
      if (left < weight) return thing;
      left -= weight;
    }
    return things[things.length - 1][0];
  }
}
