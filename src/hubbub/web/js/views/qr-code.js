/**
 * QR codes, drawn in the page: what they hold is secret, and goes to no server for that.
 *
 * The smallest kind that does: bytes, the least error correction, versions 1 to 5, and one mask. So
 * there is one block, and neither interleaving nor a version to write down. A code with more than
 * 106 bytes is not drawn.
 */

/** How many bytes of data and of error correction a version has, from 1 on. */
const CAPACITIES = [
  [19, 7],
  [34, 10],
  [55, 15],
  [80, 20],
  [108, 26],
];
const FORMAT = 0b111011111000100; // the least error correction, the mask (x + y) % 2
const HEADER_BITS = 12; // the mode, and how many bytes
const QUIET = 4; // modules around it
const SVG = "http://www.w3.org/2000/svg";

/**
 * @param {string} text
 * @returns {boolean[][] | null} its dark modules, by row; null if it is too long
 */
export function modulesOf(text) {
  const bytes = new TextEncoder().encode(text);
  const version = 1 + CAPACITIES.findIndex(([data]) => data * 8 >= HEADER_BITS + bytes.length * 8);
  if (!version) return null;
  const size = 17 + 4 * version;
  const rows = Array.from({ length: size }, () => Array(size).fill(null));
  drawFixed(rows, version);
  const [data, correction] = CAPACITIES[version - 1];
  drawData(rows, corrected(padded(bytes, data), correction));
  return rows;
}

/**
 * @param {string} text
 * @param {string} label for those who cannot see it
 * @returns {SVGElement[]} the code; nothing if the text is too long
 */
export function qrCode(text, label) {
  const rows = modulesOf(text);
  if (!rows) return [];
  const side = rows.length + 2 * QUIET;
  const svg = document.createElementNS(SVG, "svg");
  for (const [name, value] of Object.entries({
    class: "qr",
    role: "img",
    "aria-label": label,
    viewBox: `0 0 ${side} ${side}`,
  }))
    svg.setAttribute(name, value);
  const path = document.createElementNS(SVG, "path");
  const dark = rows.flatMap((row, y) =>
    row.flatMap((is, x) => (is ? `M${x + QUIET} ${y + QUIET}h1v1h-1z` : [])),
  );
  path.setAttribute("d", dark.join(""));
  svg.append(path);
  return [svg];
}

/** @param {Uint8Array} bytes @param {number} length @returns {number[]} what a code of this length holds */
function padded(bytes, length) {
  const nibbles = [
    4,
    bytes.length >> 4,
    bytes.length & 15,
    ...[...bytes].flatMap((byte) => [byte >> 4, byte & 15]),
    0,
  ];
  const data = [];
  for (let at = 0; at < nibbles.length; at += 2) data.push((nibbles[at] << 4) | (nibbles[at + 1] ?? 0));
  const full = data.slice(0, length);
  for (let at = 0; full.length < length; at += 1) full.push(at % 2 ? 0x11 : 0xec);
  return full;
}

/** @param {number} one @param {number} other in the field of 256 that QR codes count in */
function times(one, other) {
  let product = 0;
  for (let bit = 7; bit >= 0; bit -= 1) {
    product = (product << 1) ^ ((product >> 7) * 0x11d);
    product ^= ((other >> bit) & 1) * one;
  }
  return product;
}

/**
 * @param {number[]} data
 * @param {number} count
 * @returns {number[]} it, and so many bytes of error correction
 */
function corrected(data, count) {
  /** @type {number[]} */
  const divisor = [...Array(count - 1).fill(0), 1];
  for (let turn = 0, root = 1; turn < count; turn += 1, root = times(root, 2))
    for (let at = 0; at < count; at += 1) divisor[at] = times(divisor[at], root) ^ (divisor[at + 1] ?? 0);
  /** @type {number[]} */
  let rest = Array(count).fill(0);
  for (const byte of data) {
    const factor = byte ^ rest[0];
    rest = [...rest.slice(1), 0].map((one, at) => one ^ times(divisor[at], factor));
  }
  return [...data, ...rest];
}

/** Draw what does not depend on the data. @param {(boolean | null)[][]} rows @param {number} version */
function drawFixed(rows, version) {
  const end = rows.length - 1;
  for (let at = 8; at < end - 7; at += 1) rows[6][at] = rows[at][6] = at % 2 === 0;
  /** @param {number} row @param {number} column @param {number} reach */
  const square = (row, column, reach) => {
    for (let y = -reach; y <= reach; y += 1)
      for (let x = -reach; x <= reach; x += 1)
        if (rows[row + y]?.[column + x] !== undefined) {
          const ring = Math.max(Math.abs(x), Math.abs(y));
          rows[row + y][column + x] = reach === 4 ? ring !== 2 && ring !== 4 : ring !== 1;
        }
  };
  for (const [row, column] of [
    [3, 3],
    [3, end - 3],
    [end - 3, 3],
  ])
    square(row, column, 4);
  if (version > 1) square(end - 6, end - 6, 2);
  for (let bit = 0; bit < 15; bit += 1) {
    const isDark = ((FORMAT >> bit) & 1) === 1;
    const near = bit < 6 ? bit : bit < 8 ? bit + 1 : 0;
    if (bit < 8) rows[near][8] = rows[8][end - bit] = isDark;
    else {
      rows[8][bit === 8 ? 7 : 14 - bit] = isDark;
      rows[end - 14 + bit][8] = isDark;
    }
  }
  rows[end - 7][8] = true;
}

/** @param {(boolean | null)[][]} rows @param {number[]} bytes */
function drawData(rows, bytes) {
  const size = rows.length;
  let at = 0;
  for (let right = size - 1; right > 0; right -= right === 8 ? 3 : 2) {
    const isUpward = ((right + 1) & 2) === 0;
    for (let step = 0; step < size; step += 1)
      for (const x of [right, right - 1]) {
        const y = isUpward ? size - 1 - step : step;
        if (rows[y][x] !== null) continue;
        const bit = ((bytes[at >> 3] ?? 0) >> (7 - (at & 7))) & 1;
        rows[y][x] = (bit ^ ((x + y) % 2 === 0 ? 1 : 0)) === 1;
        at += 1;
      }
  }
}
