/**
 * Where each item of the log stands: arithmetic on heights, of which most are estimates.
 *
 * When something above the anchor turns out higher or lower than estimated, the anchor stays where
 * it is and what is above moves. The space that this takes or leaves at the top is the slack; the
 * view takes it back when nobody scrolls.
 */

export const HEAD_PX = 56; // what stands above the first item
const FOOT_PX = 12;
const ESTIMATE_PX = 48;

export class Track {
  #heights = new Float64Array(0);
  #sums = new Float64Array(1); // a Fenwick tree: sums of ranges, so that each step is logarithmic
  /** Where the content begins, in pixels. */
  shift = 0;

  get count() {
    return this.#heights.length;
  }

  /**
   * Follow a list that changed at its ends.
   *
   * @param {number} count how many items there are now
   * @param {number} front how many of them came before the former first; negative: were taken off
   * @param {number} anchor the item that keeps its place, by its former index
   */
  resize(count, front, anchor) {
    const place = this.top(Math.min(anchor, this.count));
    const heights = new Float64Array(count).fill(ESTIMATE_PX);
    const kept = this.#heights.subarray(Math.max(-front, 0), Math.max(count - front, 0));
    heights.set(kept, Math.max(front, 0));
    const sums = new Float64Array(count + 1);
    for (let at = 1; at <= count; at++) {
      sums[at] += heights[at - 1];
      const next = at + (at & -at);
      if (next <= count) sums[next] += sums[at];
    }
    [this.#heights, this.#sums] = [heights, sums];
    this.shift += place - this.top(Math.max(Math.min(anchor + front, count), 0));
  }

  /**
   * @param {number} index
   * @param {number} height in pixels
   * @param {number} anchor the item that keeps its place
   * @returns {boolean} whether it was another height
   */
  measured(index, height, anchor) {
    const more = height - this.#heights[index];
    if (Math.abs(more) < 0.01) return false;
    this.#heights[index] = height;
    for (let at = index + 1; at <= this.count; at += at & -at) this.#sums[at] += more;
    if (index < anchor) this.shift -= more;
    return true;
  }

  /**
   * @param {number} index
   * @returns {number} where an item begins; for the count of items, where the last one ends
   */
  top(index) {
    let sum = 0;
    for (let at = index; at > 0; at -= at & -at) sum += this.#sums[at];
    return HEAD_PX + this.shift + sum;
  }

  get bottom() {
    return this.top(this.count) + FOOT_PX;
  }

  /**
   * @param {number} y
   * @returns {number} the item there, or the one nearest to it
   */
  at(y) {
    let left = y - HEAD_PX - this.shift;
    let index = 0;
    for (let step = 2 ** Math.floor(Math.log2(this.count || 1)); step >= 1; step /= 2) {
      if (index + step <= this.count && this.#sums[index + step] <= left) {
        index += step;
        left -= this.#sums[index];
      }
    }
    return Math.max(Math.min(index, this.count - 1), 0);
  }

  /**
   * @param {number} height of the window; what does not fill it stands at its lower end
   * @returns {number} whole pixels by which everything stands too low
   */
  slack(height) {
    const content = this.bottom - this.shift;
    return Math.trunc(this.shift - Math.max(height - content, 0));
  }
}
